-- Limits on how much goes on at once, and who takes part of them.

-- A limit with a decay fills up to level at level_time and empties by itself; of any other the slots below are counted.
CREATE TABLE concurrency_limit (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    slots INTEGER NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    slot_decay_per_second REAL NOT NULL DEFAULT 0,
    level REAL NOT NULL DEFAULT 0,
    level_time INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What is taken of a limit: by a session, which gives it back when it dies, or until a moment, or until somebody gives it back.
CREATE TABLE concurrency_slot (
    limit_id TEXT NOT NULL REFERENCES concurrency_limit (id) ON DELETE CASCADE,
    lease TEXT NOT NULL,
    slots INTEGER NOT NULL,
    since INTEGER NOT NULL,
    session TEXT,
    until INTEGER,
    holder_type TEXT,
    holder_id TEXT,
    PRIMARY KEY (limit_id, lease)
) WITHOUT ROWID;

CREATE INDEX concurrency_slot_by_lease ON concurrency_slot (lease);
CREATE INDEX concurrency_slot_by_session ON concurrency_slot (session) WHERE session IS NOT NULL;
