-- Cancelling: which runs end with a run that is cancelled.

-- name: cancelling.children
-- The runs below a run that have not ended, that are not being cancelled, unless :kills, and that another process executes or will:
-- those that are executed inside it end with its process.
WITH RECURSIVE below (id) AS (
    SELECT id FROM flow_run WHERE parent_flow_run_id = :id
    UNION
    SELECT flow_run.id FROM flow_run JOIN below ON flow_run.parent_flow_run_id = below.id
)
SELECT flow_run.id
FROM below JOIN flow_run ON flow_run.id = below.id
WHERE flow_run.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND (:kills OR flow_run.state_type <> 'CANCELLING')
    AND (flow_run.process IS NOT NULL OR flow_run.session IS NULL);

-- name: cancelling.to_be_told
-- The processes that answer for runs which someone wanted to end, or suspended, before a moment.
SELECT process
FROM flow_run
WHERE state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND state_type IN ('CANCELLING', 'PAUSED')
    AND (state_type = 'CANCELLING' OR state_name = 'Suspended')
    AND session IS NOT NULL
    AND process IS NOT NULL
    AND state_time < :before;
