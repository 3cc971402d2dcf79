-- What runs made for people to look at.

-- Artifacts of one key are versions of each other, the newest the latest.
CREATE TABLE artifact (
    id TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    key TEXT,
    type TEXT,
    description TEXT,
    data TEXT,
    metadata TEXT,
    flow_run_id TEXT,
    task_run_id TEXT
) WITHOUT ROWID;

CREATE INDEX artifact_by_key ON artifact (key, id) WHERE key IS NOT NULL;
CREATE INDEX artifact_by_flow_run ON artifact (flow_run_id) WHERE flow_run_id IS NOT NULL;
CREATE INDEX artifact_by_task_run ON artifact (task_run_id) WHERE task_run_id IS NOT NULL;
