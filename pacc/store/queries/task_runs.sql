-- Task runs: one row a run, its history kept in the row as JSON lines.

-- name: task_runs.record_batch
-- The journal's writing: as many rows as the journal repeats the row of question marks, all columns in the schema's
-- order; a row without id is padding. What is older than the stored row, does not go on from it, or comes after a terminal
-- state without being a new attempt, is left out. The same version again is the same transition again.
INSERT INTO task_run
SELECT * FROM (
    VALUES
    (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)
WHERE column1 IS NOT NULL
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name,
    task_key = excluded.task_key,
    dynamic_key = excluded.dynamic_key,
    state_type = excluded.state_type,
    state_name = excluded.state_name,
    state_message = excluded.state_message,
    state_time = excluded.state_time,
    state_details = excluded.state_details,
    state_data = excluded.state_data,
    version = excluded.version,
    attempt = excluded.attempt,
    run_count = excluded.run_count,
    flow_run_run_count = excluded.flow_run_run_count,
    history = excluded.history,
    tags = excluded.tags,
    task_inputs = excluded.task_inputs,
    task_version = excluded.task_version,
    cache_key = excluded.cache_key,
    cache_expiration = excluded.cache_expiration,
    empirical_policy = excluded.empirical_policy,
    expected_start_time = excluded.expected_start_time,
    next_scheduled_start_time = excluded.next_scheduled_start_time,
    start_time = excluded.start_time,
    end_time = excluded.end_time,
    total_run_time = excluded.total_run_time,
    session = excluded.session
WHERE (
    excluded.version > task_run.version
    AND substr(excluded.history, 1, length(task_run.history)) = task_run.history
    AND (
        task_run.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        OR excluded.attempt > task_run.attempt
        OR (task_run.state_type = 'COMPLETED' AND excluded.state_name = 'RolledBack')
    )
) OR (
    excluded.version = task_run.version
    AND excluded.state_type = task_run.state_type
    AND excluded.state_time = task_run.state_time
);

-- name: task_runs.read
-- One task run by its id, all columns.
SELECT * FROM task_run WHERE id = :id;

-- name: task_runs.by_name
-- The newest task run of that name. Names have no index, a row would grow by a tenth; the newest is found soon.
SELECT * FROM task_run WHERE name = :reference ORDER BY id DESC LIMIT 1;

-- name: task_runs.by_prefix
-- Up to two task runs whose ids begin with :reference: one answers, two do not.
SELECT * FROM task_run WHERE id >= :reference AND id < :reference || 'g' ORDER BY id LIMIT 2;

-- name: task_runs.last
-- The newest task run.
SELECT * FROM task_run ORDER BY id DESC LIMIT 1;

-- name: task_runs.last_failed
-- The newest task run that failed or crashed.
SELECT * FROM task_run WHERE state_type IN ('FAILED', 'CRASHED') ORDER BY id DESC LIMIT 1;

-- name: task_runs.recent_names
-- Names to compare a mistyped one with.
SELECT name FROM task_run ORDER BY id DESC LIMIT 2000;

-- name: task_runs.rename
-- Another name; nothing is returned if there is no such run.
UPDATE task_run SET name = :name WHERE id = :id RETURNING id;

-- name: task_runs.delete
-- One task run; nothing is returned if it was not there.
DELETE FROM task_run WHERE id = :id RETURNING id;

-- name: task_runs.delete_some
-- Some task runs of a flow run, few enough that nobody waits long; call it until nothing is returned.
DELETE FROM task_run
WHERE id IN (SELECT id FROM task_run WHERE flow_run_id = :flow_run_id LIMIT 2000)
RETURNING id;

-- name: task_runs.advance
-- The next state, if the run still is at the version and attempt the caller saw; else no row comes back. A higher :attempt is
-- the only way out of a terminal state.
UPDATE task_run SET
    attempt = :attempt,
    name = :name,
    state_type = :state_type,
    state_name = :state_name,
    state_message = :state_message,
    state_time = :state_time,
    state_details = :state_details,
    state_data = :state_data,
    version = version + 1,
    run_count = :run_count,
    next_scheduled_start_time = :next_scheduled_start_time,
    start_time = :start_time,
    end_time = :end_time,
    total_run_time = :total_run_time,
    history = history || char(10) || :line
WHERE id = :id AND version = :expected_version AND attempt = :expected_attempt
RETURNING version, attempt;

-- name: task_runs.over
-- Which of these runs are over: those that ended, that were never ready, or that are not there any more.
SELECT value AS id FROM json_each(:ids) LEFT JOIN task_run ON task_run.id = value
WHERE task_run.id IS NULL
    OR task_run.state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    OR task_run.state_name = 'NotReady';
