package postgis

// MigrationLock lends the number of the lock that a starting node takes.
var MigrationLock = migrationLock
