-- What tasks produce outside of pacc: files, tables, models, and each time one was made anew.

CREATE TABLE asset (
    key TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    name TEXT,
    url TEXT,
    description TEXT,
    owners TEXT,
    last_succeeded INTEGER,
    last_failed INTEGER
) WITHOUT ROWID;

CREATE TABLE asset_materialization (
    id TEXT NOT NULL PRIMARY KEY,
    asset_key TEXT NOT NULL REFERENCES asset (key) ON DELETE CASCADE,
    occurred INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    materialized_by TEXT,
    upstream TEXT NOT NULL DEFAULT '[]',
    metadata TEXT,
    flow_run_id TEXT,
    task_run_id TEXT,
    run_name TEXT
) WITHOUT ROWID;

CREATE INDEX asset_materialization_by_asset ON asset_materialization (asset_key, id);
