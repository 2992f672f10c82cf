-- +goose Up

CREATE TABLE head (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch    bigint  NOT NULL,
    revision bigint  NOT NULL,
    hash     bytea   NOT NULL CHECK (octet_length(hash) = 32),
    timeline text    NOT NULL,
    catalog  bytea   NOT NULL
);
COMMENT ON TABLE head IS '版本头 / Where the store stands: one row, locked by each writer';
COMMENT ON COLUMN head.epoch IS 'random number, another one after history was lost';
COMMENT ON COLUMN head.revision IS 'number of change sets';
COMMENT ON COLUMN head.hash IS 'SHA-256 that closes the audit chain';
COMMENT ON COLUMN head.timeline IS 'system identifier and WAL timeline of the server that epoch was written on';
COMMENT ON COLUMN head.catalog IS 'SHA-256 of the definition of the layer tables that was last carried out';

CREATE TABLE log (
    revision        bigint PRIMARY KEY,
    at              timestamptz NOT NULL,
    author          text,
    note            text,
    source          text,
    changed         integer NOT NULL,
    hash            bytea   NOT NULL CHECK (octet_length(hash) = 32),
    idempotency_key text UNIQUE
);
COMMENT ON TABLE log IS '变更日志 / Change sets, one row a revision';

CREATE TABLE history (
    layer    text    NOT NULL,
    id       bigint  NOT NULL,
    version  bigint  NOT NULL,
    revision bigint  NOT NULL,
    ended    bigint  NOT NULL,
    deleted  boolean NOT NULL,
    w        integer,
    s        integer,
    e        integer,
    n        integer,
    feature  json    NOT NULL,
    PRIMARY KEY (layer, id, version)
);
CREATE INDEX history_ended_idx ON history (layer, ended);
COMMENT ON TABLE history IS '历史版本 / Superseded states of features';
COMMENT ON COLUMN history.ended IS 'revision that replaced or deleted this state';
COMMENT ON COLUMN history.w IS 'west, south, east, north: the box of the geometry in steps of 1e-7 degree';
COMMENT ON COLUMN history.feature IS 'the canonical encoding, byte for byte';

CREATE TABLE counters (
    layer text   PRIMARY KEY,
    last  bigint NOT NULL
);
COMMENT ON TABLE counters IS '编号计数 / The last id given in each layer';
