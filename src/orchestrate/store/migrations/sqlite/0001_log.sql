-- The log, what it started from, and the state as of some event.

-- Events in the order in which they came; never changed, never removed.
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_id TEXT,
    payload TEXT NOT NULL
) STRICT;

CREATE INDEX events_of_order ON events (order_id, sequence) WHERE order_id IS NOT NULL;

-- The files of the wave that the state was made from, in parts of some megabytes.
CREATE TABLE files (
    name TEXT NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (name, part)
) STRICT;

-- The state after the event `sequence`: it can be made again from the log.
CREATE TABLE snapshots (
    sequence INTEGER NOT NULL,
    part INTEGER NOT NULL,
    format INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (sequence, part)
) STRICT;
