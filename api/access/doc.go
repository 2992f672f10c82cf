// Package access says who is asking and what they may do: accounts with roles that
// are bound to places, sessions of people who signed in, tokens of programs. It
// needs no other service, so that people can sign in while the city's network is
// cut off from the rest of the world.
//
// Everything lies in records of the store (geo.Record); what opens something, a
// password, a session or a token, lies there as a hash alone. Book reads and writes
// them. May is the one place that decides.
package access
