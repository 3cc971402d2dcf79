-- Backfills: runs of a deployment for times that lie in the past, made a few at a time.

-- moments is a JSON array of [time, schedule id], the runs to make in this order; so many of them were made.
CREATE TABLE backfill (
    id TEXT NOT NULL PRIMARY KEY,
    deployment_id TEXT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    mode TEXT NOT NULL,
    max_active INTEGER NOT NULL,
    parameters TEXT NOT NULL DEFAULT '{}',
    moments TEXT NOT NULL,
    made INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'RUNNING'
) WITHOUT ROWID;

CREATE INDEX backfill_by_deployment ON backfill (deployment_id);
