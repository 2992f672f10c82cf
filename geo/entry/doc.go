// Package entry writes into features what people and programs enter, and names
// everything that is wrong with it at once, each fault with its rule, field and
// place: the one judgement of rows of a file and of what is sent over HTTP. It
// works on what a snapshot knows and writes to no store; a store judges again what
// it is given, by itself and one fault at a time.
package entry
