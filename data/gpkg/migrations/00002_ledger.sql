-- What the store contract needs besides features. Everything here is text,
-- numbers and canonical bytes; no program but gridatlas writes it.

-- +goose Up
CREATE TABLE gridatlas_head (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    epoch    INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    -- 1 within a transaction of Apply: the triggers of the other tables look here
    writing  INTEGER NOT NULL DEFAULT 0
);
INSERT INTO gridatlas_head VALUES (1, max(1, random() & 0x7fffffffffffffff), 0, zeroblob(32), 0);

CREATE TABLE gridatlas_counters (
    layer TEXT PRIMARY KEY,
    last  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE gridatlas_log (
    revision        INTEGER PRIMARY KEY,
    at              TEXT NOT NULL,
    author          TEXT NOT NULL,
    note            TEXT NOT NULL,
    source          TEXT NOT NULL,
    changed         INTEGER NOT NULL,
    hash            BLOB NOT NULL,
    idempotency_key TEXT UNIQUE
);

-- Superseded states: what stood from revision until ended, with its box on the
-- lattice (null without a place) and the canonical encoding.
CREATE TABLE gridatlas_history (
    layer    TEXT NOT NULL,
    id       INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    deleted  INTEGER NOT NULL,
    w        INTEGER,
    s        INTEGER,
    e        INTEGER,
    n        INTEGER,
    feature  BLOB NOT NULL
);
CREATE UNIQUE INDEX gridatlas_history_feature ON gridatlas_history (layer, id, revision);
CREATE INDEX gridatlas_history_ended ON gridatlas_history (ended);

-- +goose StatementBegin
CREATE TRIGGER gridatlas_log_guard_update BEFORE UPDATE ON gridatlas_log WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'the log of change sets is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_log_guard_delete BEFORE DELETE ON gridatlas_log WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'the log of change sets is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_history_guard_update BEFORE UPDATE ON gridatlas_history WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'the history of features is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER gridatlas_history_guard_delete BEFORE DELETE ON gridatlas_history WHEN (SELECT writing FROM gridatlas_head) = 0
BEGIN SELECT RAISE(ABORT, 'the history of features is never changed'); END;
-- +goose StatementEnd
