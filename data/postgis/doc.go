// Package postgis keeps a city in PostgreSQL 15 or newer with PostGIS 3: the
// store for many nodes. Each layer is a table with typed columns, titles as
// comments and geometry that QGIS and any SQL client can read; beside them stand
// the head, the log of change sets, superseded rows, id counters and records, all
// in one schema. The rules of writing are in data/internal/ledger, the contract in
// data.
//
// Only the role that owns the schema writes, and only through Apply and Fill: rows
// changed by other means are found by Check, not prevented. Other roles get nothing
// unless the owner grants it; one that may look but not write gets USAGE on the
// schema and SELECT on the tables of layers. Records hold accounts, and are for nodes.
//
// Writers of features line up at the one head row, so revisions are committed in
// the order of their numbers; a sequence could not promise that. Those of records
// alone line up at a row of their own. NOTIFY carries the revision and is a hint,
// since nothing is queued for a listener that is away: Watch also reads the head.
//
// A record that was written over or deleted is read by no statement any more; its bytes
// stay in the files of PostgreSQL until VACUUM, which autovacuum runs, gives the room
// to others.
//
// It leaves out connection poolers in transaction mode (LISTEN and session
// settings need a session) and the setting up of replication. A standby can be
// read: Open, Load, Changes and Watch work on it, Apply answers
// data.ErrUnavailable.
package postgis
