-- The small tables beside the features, in one table of JSON by kind and key. The
-- head of the records says which change set wrote them last and holds the
-- exclusive or of all their sums, so that Check finds what was changed, added or
-- removed behind the store's back. Then the triggers that refuse whatever another
-- program would write.

-- +goose Up
CREATE TABLE gridatlas_records (
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    version INTEGER NOT NULL,
    value   TEXT NOT NULL,
    sum     BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;

CREATE TABLE gridatlas_record_head (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    sum     BLOB NOT NULL
);
INSERT INTO gridatlas_record_head VALUES (1, 0, zeroblob(32));

-- The epoch is in no hash; kept twice, a rotten byte in it is found.
CREATE UNIQUE INDEX gridatlas_head_epoch ON gridatlas_head (epoch);

DROP TRIGGER gridatlas_log_guard_update;
DROP TRIGGER gridatlas_log_guard_delete;
DROP TRIGGER gridatlas_history_guard_update;
DROP TRIGGER gridatlas_history_guard_delete;

-- +goose StatementBegin
CREATE TRIGGER gridatlas_head_guard_insert BEFORE INSERT ON gridatlas_head WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_head_guard_update BEFORE UPDATE ON gridatlas_head WHEN OLD.writing = 0 AND NEW.writing = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_head_guard_delete BEFORE DELETE ON gridatlas_head WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_counters_guard_insert BEFORE INSERT ON gridatlas_counters WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_counters_guard_update BEFORE UPDATE ON gridatlas_counters WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_counters_guard_delete BEFORE DELETE ON gridatlas_counters WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_log_guard_insert BEFORE INSERT ON gridatlas_log WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_log_guard_update BEFORE UPDATE ON gridatlas_log WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_log_guard_delete BEFORE DELETE ON gridatlas_log WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_history_guard_insert BEFORE INSERT ON gridatlas_history WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_history_guard_update BEFORE UPDATE ON gridatlas_history WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_history_guard_delete BEFORE DELETE ON gridatlas_history WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_records_guard_insert BEFORE INSERT ON gridatlas_records WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_records_guard_update BEFORE UPDATE ON gridatlas_records WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_records_guard_delete BEFORE DELETE ON gridatlas_records WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_record_head_guard_insert BEFORE INSERT ON gridatlas_record_head WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_record_head_guard_update BEFORE UPDATE ON gridatlas_record_head WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_record_head_guard_delete BEFORE DELETE ON gridatlas_record_head WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import'); END;
-- +goose StatementEnd
