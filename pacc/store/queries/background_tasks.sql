-- Background tasks: queued by anyone, claimed by one task worker.

-- name: background_tasks.insert_batch
-- New entries of the queue, beside their task runs; the same one again changes nothing.
INSERT INTO background_task
SELECT * FROM (
    VALUES
    (?, ?, ?, ?, ?, ?, ?, ?, ?)
)
WHERE column1 IS NOT NULL
ON CONFLICT (task_run_id) DO NOTHING;

-- name: background_tasks.due
-- When the first run of each task in :task_keys is due; null for one that has none in the queue.
SELECT value AS task_key, (
    SELECT min(due) FROM background_task WHERE task_key = value AND due IS NOT NULL
) AS due
FROM json_each(:task_keys);

-- name: background_tasks.next_due
-- When the next run of these tasks is due that is not due yet.
SELECT min(due) AS due FROM background_task
WHERE task_key IN (SELECT value FROM json_each(:task_keys)) AND due > :now;

-- name: background_tasks.claim
-- Take runs of one task out of the queue, those that are due longest first, for the worker of this session: the one statement
-- that decides who executes them. A run whose upstream runs are not over stays.
UPDATE task_run SET
    state_type = 'PENDING',
    state_name = 'Pending',
    state_message = NULL,
    state_time = :now,
    state_details = NULL,
    version = version + 1,
    next_scheduled_start_time = NULL,
    session = :session,
    history = history || char(10) || '{"t":' || :now || ',"type":"PENDING","name":"Pending","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END || '}'
WHERE id IN (
        SELECT task_run_id FROM background_task
        WHERE task_key = :task_key AND due <= :now
            AND (
                awaits IS NULL
                OR NOT EXISTS (
                    SELECT 1 FROM json_each(awaits) AS upstream
                    INNER JOIN task_run AS awaited ON awaited.id = upstream.value
                    WHERE awaited.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
                        AND awaited.state_name <> 'NotReady'
                )
            )
        ORDER BY due, task_run_id
        LIMIT :limit
    )
    AND state_type = 'SCHEDULED'
    AND session IS NULL
RETURNING *;

-- name: background_tasks.read_some
-- The entries of these runs.
SELECT * FROM background_task WHERE task_run_id IN (SELECT value FROM json_each(:ids));

-- name: background_tasks.give_back
-- The runs of a dead session that may be started once more go back into the queue, for another worker.
UPDATE task_run SET
    state_type = 'SCHEDULED',
    state_name = 'AwaitingRetry',
    state_message = :message,
    state_time = :now,
    state_details = :details,
    version = version + 1,
    next_scheduled_start_time = :now,
    session = NULL,
    total_run_time = total_run_time + CASE WHEN state_type = 'RUNNING' THEN max(0, :now - state_time) ELSE 0 END,
    history = history || char(10) || '{"t":' || :now || ',"type":"SCHEDULED","name":"AwaitingRetry","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || ',"message":' || :quoted_message || ',"details":' || :details || '}'
WHERE session = :session
    AND state_type IN ('PENDING', 'RUNNING')
    AND state_name <> 'NotReady'
    AND EXISTS (
        SELECT 1 FROM background_task
        WHERE task_run_id = task_run.id AND max(started, task_run.run_count) <= retries
    )
RETURNING id, name;
