-- What one change set wrote and what it ended are found by layer and id, so that a
-- page of it costs what the page holds.

-- +goose Up
DROP INDEX history_ended_idx;
CREATE INDEX history_ended_idx ON history (layer, ended, id);
CREATE INDEX history_revision_idx ON history (layer, revision, id);
