-- What people and programs hand to flow runs while they run: answers to a pause, messages.

CREATE TABLE run_input (
    flow_run_id TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    value TEXT NOT NULL,
    sender TEXT,
    PRIMARY KEY (flow_run_id, key)
) WITHOUT ROWID;
