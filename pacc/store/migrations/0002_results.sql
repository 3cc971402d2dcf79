-- Kept results and the locks of cache keys.

-- Records of kept results: what was written, so that it can be recognised before it is loaded.
CREATE TABLE result (
    storage TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    serializer TEXT NOT NULL,
    created INTEGER NOT NULL,
    expiration INTEGER,
    flow_run_id TEXT,
    task_run_id TEXT,
    run_name TEXT,
    PRIMARY KEY (storage, key)
) WITHOUT ROWID;

CREATE INDEX result_by_created ON result (created);

-- Locks by which calls with the same cache key wait for each other; a lock of a dead session is free.
CREATE TABLE key_lock (
    key TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    session TEXT NOT NULL,
    until INTEGER
) WITHOUT ROWID;
