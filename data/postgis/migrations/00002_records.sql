-- +goose Up

CREATE TABLE records (
    kind    text   COLLATE "C" NOT NULL,
    key     text   COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    value   json   NOT NULL,
    sum     bytea  NOT NULL CHECK (octet_length(sum) = 32),
    PRIMARY KEY (kind, key)
);
COMMENT ON TABLE records IS '记录 / Small tables beside the features, as JSON by kind and key';
COMMENT ON COLUMN records.version IS 'number of the change set that wrote it, among those that wrote records';
COMMENT ON COLUMN records.sum IS 'SHA-256 over kind, key, value and version';

CREATE TABLE record_head (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    version bigint NOT NULL,
    sum     bytea  NOT NULL CHECK (octet_length(sum) = 32)
);
COMMENT ON TABLE record_head IS '记录头 / Where the records stand: one row, locked by each writer of records';
COMMENT ON COLUMN record_head.sum IS 'exclusive or of the sums of all records';
INSERT INTO record_head (version, sum) VALUES (0, decode(repeat('00', 32), 'hex'));
