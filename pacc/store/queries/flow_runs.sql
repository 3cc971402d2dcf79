-- Flow runs: one row a run, its history kept in the row as JSON lines.

-- name: flow_runs.insert
-- A new run, all columns by name; nothing is returned and nothing is written when its idempotency key was used before.
INSERT INTO flow_run (
    id, flow_id, name, created, updated, state_type, state_name, state_message, state_time, state_details,
    state_data, version, attempt, run_count, history, parent_flow_run_id, parent_task_run_id,
    root_flow_run_id, deployment_id, deployment_version, flow_version, work_queue_name, work_pool_name,
    parameters, idempotency_key, context, tags, labels, empirical_policy, created_by, auto_scheduled,
    infrastructure_pid, process, job_variables, expected_start_time, next_scheduled_start_time, start_time,
    end_time, total_run_time, log_file, session, entrypoint, usage
) VALUES (
    :id, :flow_id, :name, :created, :updated, :state_type, :state_name, :state_message, :state_time,
    :state_details, :state_data, :version, :attempt, :run_count, :history, :parent_flow_run_id,
    :parent_task_run_id, :root_flow_run_id, :deployment_id, :deployment_version, :flow_version,
    :work_queue_name, :work_pool_name, :parameters, :idempotency_key, :context, :tags, :labels,
    :empirical_policy, :created_by, :auto_scheduled, :infrastructure_pid, :process, :job_variables,
    :expected_start_time, :next_scheduled_start_time, :start_time, :end_time, :total_run_time, :log_file, :session, :entrypoint,
    :usage
)
ON CONFLICT (flow_id, idempotency_key) DO NOTHING
RETURNING id;

-- name: flow_runs.advance
-- The next state, if the run still is at the version and attempt the caller saw; else no row comes back. A higher :attempt is
-- the only way out of a terminal state; :session answers for a new attempt, or nobody's process does yet. Nobody's does for a
-- suspended run either, once its process :leaves. Whoever begins a run that :claimed_by has claimed for it answers for it from
-- then on, unless somebody else does by now.
UPDATE flow_run SET
    session = CASE
        WHEN :attempt > attempt OR session = :claimed_by THEN :session
        WHEN :state_name IN ('Suspended', 'Resuming') AND :leaves THEN NULL
        ELSE session
    END,
    process = CASE WHEN :attempt > attempt OR session = :claimed_by THEN :process ELSE process END,
    infrastructure_pid = CASE
        WHEN :attempt > attempt THEN NULL
        WHEN session = :claimed_by THEN :infrastructure_pid
        ELSE infrastructure_pid
    END,
    usage = coalesce(:usage, usage),
    attempt = :attempt,
    name = :name,
    parameters = :parameters,
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
    updated = :updated,
    history = history || char(10) || :line
WHERE id = :id AND version = :expected_version AND attempt = :expected_attempt
    AND (:claimed_by IS NULL OR session IN (:claimed_by, :session))
RETURNING version, attempt;

-- name: flow_runs.claimed
-- A run that begins for the first time, and now, with the name of its flow, if it is claimed by this session still.
SELECT *, (SELECT flow.name FROM flow WHERE flow.id = flow_id) AS flow_name
FROM flow_run
WHERE id = :id
    AND state_type = 'PENDING'
    AND session = :claimed_by
    AND attempt = 1
    AND run_count = 0
    AND coalesce(next_scheduled_start_time, 0) <= :now;

-- name: flow_runs.take_up
-- Another process answers for a run that waits to be executed, if nobody did, or the one who claimed it for this process. The
-- version stays: the state is the same. The name of its flow comes along.
UPDATE flow_run SET
    session = :session,
    process = :process,
    infrastructure_pid = :infrastructure_pid,
    updated = :now
WHERE id = :id
    AND state_type IN ('SCHEDULED', 'PENDING')
    AND session IS :claimed_by
RETURNING *, (SELECT flow.name FROM flow WHERE flow.id = flow_id) AS flow_name;

-- name: flow_runs.record_batch
-- The journal's writing: as many rows as the journal repeats the row of question marks, all columns in the schema's
-- order; a row without id is padding. What is older than the stored row, does not go on from it, or comes after a terminal
-- state without being a new attempt, is left out. The same version again is the same transition again.
INSERT INTO flow_run
SELECT * FROM (
    VALUES
    (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)
WHERE column1 IS NOT NULL
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name,
    updated = excluded.updated,
    state_type = excluded.state_type,
    state_name = excluded.state_name,
    state_message = excluded.state_message,
    state_time = excluded.state_time,
    state_details = excluded.state_details,
    state_data = excluded.state_data,
    version = excluded.version,
    attempt = excluded.attempt,
    run_count = excluded.run_count,
    history = excluded.history,
    parent_flow_run_id = excluded.parent_flow_run_id,
    parent_task_run_id = excluded.parent_task_run_id,
    root_flow_run_id = excluded.root_flow_run_id,
    deployment_id = excluded.deployment_id,
    deployment_version = excluded.deployment_version,
    flow_version = excluded.flow_version,
    work_queue_name = excluded.work_queue_name,
    work_pool_name = excluded.work_pool_name,
    parameters = excluded.parameters,
    context = excluded.context,
    tags = excluded.tags,
    labels = excluded.labels,
    empirical_policy = excluded.empirical_policy,
    created_by = excluded.created_by,
    auto_scheduled = excluded.auto_scheduled,
    infrastructure_pid = excluded.infrastructure_pid,
    process = excluded.process,
    job_variables = excluded.job_variables,
    expected_start_time = excluded.expected_start_time,
    next_scheduled_start_time = excluded.next_scheduled_start_time,
    start_time = excluded.start_time,
    end_time = excluded.end_time,
    total_run_time = excluded.total_run_time,
    log_file = excluded.log_file,
    session = excluded.session,
    entrypoint = excluded.entrypoint,
    usage = excluded.usage
WHERE (
    excluded.version > flow_run.version
    AND substr(excluded.history, 1, length(flow_run.history)) = flow_run.history
    AND (
        flow_run.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        OR excluded.attempt > flow_run.attempt
    )
) OR (
    excluded.version = flow_run.version
    AND excluded.state_type = flow_run.state_type
    AND excluded.state_time = flow_run.state_time
);

-- name: flow_runs.read
-- One flow run by its id, all columns.
SELECT * FROM flow_run WHERE id = :id;

-- name: flow_runs.by_name
-- The newest flow run of that name.
SELECT * FROM flow_run WHERE name = :reference ORDER BY id DESC LIMIT 1;

-- name: flow_runs.by_prefix
-- Up to two flow runs whose ids begin with :reference: one answers, two do not.
SELECT * FROM flow_run WHERE id >= :reference AND id < :reference || 'g' ORDER BY id LIMIT 2;

-- name: flow_runs.beginning_with
-- The flow runs whose ids begin so.
SELECT * FROM flow_run WHERE id >= :beginning AND id < :beginning || 'g';

-- name: flow_runs.last
-- The newest flow run that no other one called.
SELECT * FROM flow_run WHERE parent_flow_run_id IS NULL ORDER BY id DESC LIMIT 1;

-- name: flow_runs.last_failed
-- The newest flow run that no other one called and that failed or crashed.
SELECT * FROM flow_run
WHERE parent_flow_run_id IS NULL AND state_type IN ('FAILED', 'CRASHED')
ORDER BY id DESC LIMIT 1;

-- name: flow_runs.recent_names
-- Names to compare a mistyped one with.
SELECT name FROM flow_run ORDER BY id DESC LIMIT 2000;

-- name: flow_runs.ids_of_flow
-- Some runs of a flow, for working through all of them.
SELECT id FROM flow_run WHERE flow_id = :flow_id ORDER BY id LIMIT 500;

-- name: flow_runs.update
-- What may be changed about a run besides its state; what is null stays as it is.
UPDATE flow_run SET
    name = coalesce(:name, name),
    flow_version = coalesce(:flow_version, flow_version),
    parameters = coalesce(:parameters, parameters),
    tags = coalesce(:tags, tags),
    labels = coalesce(:labels, labels),
    empirical_policy = coalesce(:empirical_policy, empirical_policy),
    infrastructure_pid = coalesce(:infrastructure_pid, infrastructure_pid),
    job_variables = coalesce(:job_variables, job_variables),
    updated = :updated
WHERE id = :id
RETURNING id;

-- name: flow_runs.label
-- Labels besides those a run has, one of the same key in its place.
UPDATE flow_run SET
    labels = json_patch(coalesce(labels, '{}'), :labels),
    updated = :now
WHERE id = :id
RETURNING id;

-- name: flow_runs.root_again
-- Runs below one that is about to go: each run it called becomes the root of what is below itself.
WITH RECURSIVE below (id, root) AS (
    SELECT id, id FROM flow_run WHERE parent_flow_run_id = :id
    UNION ALL
    SELECT flow_run.id, below.root FROM flow_run JOIN below ON flow_run.parent_flow_run_id = below.id
)
UPDATE flow_run
SET root_flow_run_id = (SELECT below.root FROM below WHERE below.id = flow_run.id)
WHERE id IN (SELECT below.id FROM below);

-- name: flow_runs.leave_parent
-- Runs that a run called, when that one goes: they stay, on their own.
UPDATE flow_run SET parent_flow_run_id = NULL, parent_task_run_id = NULL WHERE parent_flow_run_id = :id;

-- name: flow_runs.leave_parent_task
-- A nested run whose task run goes.
UPDATE flow_run SET parent_task_run_id = NULL WHERE parent_task_run_id = :id;

-- name: flow_runs.delete
-- One flow run; nothing is returned if it was not there.
DELETE FROM flow_run WHERE id = :id RETURNING id;

-- name: flow_runs.by_idempotency_key
-- The run of a flow that was made with this key.
SELECT * FROM flow_run WHERE flow_id = :flow_id AND idempotency_key = :idempotency_key;
