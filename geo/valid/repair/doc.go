// Package repair mends broken shapes with GEOS (MakeValid), for imports by staff at
// the command line. It must never be called on a public path: GEOS is C++ and a
// crash in it ends the program. What strangers send is judged by geo/valid alone,
// which is free of it.
package repair
