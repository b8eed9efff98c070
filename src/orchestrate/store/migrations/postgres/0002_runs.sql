-- Replans: what each started from, and what became of it.

CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    asked TEXT NOT NULL,
    base BIGINT NOT NULL,
    model TEXT NOT NULL,
    plan_digest TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('staged', 'released', 'discarded')),
    -- The last event of the log once the run was released.
    released_at BIGINT CHECK ((released_at IS NOT NULL) = (status = 'released'))
);
