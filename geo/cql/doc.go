// Package cql reads filters in CQL2 (OGC 21-065r2), as text and as JSON, checks
// them against the fields of a layer and turns them into a test of features. Both
// encodings give the same expression; a fault says at which byte it lies.
//
// Supported are comparisons, LIKE, BETWEEN, IN, IS NULL, AND, OR, NOT, CASEI, the
// temporal, spatial and array functions; of collections of geometries, whether they are
// met. Arithmetic, ACCENTI and functions of a server's own are refused by name. Geometries are compared exactly (geo/relate).
//
// What is unknown is neither true nor false: as in SQL, a comparison with an
// unknown value is unknown, so is its negation, and a filter takes the features for
// which it is true.
package cql
