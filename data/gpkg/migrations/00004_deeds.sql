-- What one change set wrote and what it ended are found by layer and id, so that a
-- page of it costs what the page holds.

-- +goose Up
DROP INDEX gridatlas_history_ended;
CREATE INDEX gridatlas_history_ended ON gridatlas_history (ended, layer, id);
CREATE INDEX gridatlas_history_revision ON gridatlas_history (revision, layer, id);
