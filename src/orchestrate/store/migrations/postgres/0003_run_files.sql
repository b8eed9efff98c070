-- What a run keeps: the events of its plan, and what a later one starts from; in parts of some
-- megabytes.

CREATE TABLE run_files (
    run TEXT NOT NULL REFERENCES runs (id),
    name TEXT NOT NULL,
    part BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (run, name, part)
);
