-- Deployments: flows made ready to be run by others, and their schedules.

-- name: deployments.upsert
-- The id of the deployment of that flow and name, which is made or becomes as wished. What a person has paused or resumed stays so
-- until the code itself says something else; what a process paused as it ended is resumed by the next one.
INSERT INTO deployment (
    id, flow_id, name, created, updated, version, version_info, description, paused, declared_paused, paused_at_shutdown,
    tags, labels, parameters, parameter_openapi_schema, enforce_parameter_schema, entrypoint, path, pull_steps,
    work_pool_name, work_queue_name, job_variables, concurrency_limit, concurrency_options, triggers, created_by, updated_by
) VALUES (
    :id, :flow_id, :name, :now, :now, :version, :version_info, :description, :declared_paused, :declared_paused, 0,
    :tags, :labels, :parameters, :parameter_openapi_schema, :enforce_parameter_schema, :entrypoint, :path, :pull_steps,
    :work_pool_name, :work_queue_name, :job_variables, :concurrency_limit, :concurrency_options, :triggers, :maker, :maker
)
ON CONFLICT (flow_id, name) DO UPDATE SET
    updated = excluded.updated,
    version = excluded.version,
    version_info = excluded.version_info,
    description = excluded.description,
    paused = CASE
        WHEN deployment.paused_at_shutdown = 1 OR deployment.declared_paused <> excluded.declared_paused THEN excluded.declared_paused
        ELSE deployment.paused
    END,
    declared_paused = excluded.declared_paused,
    paused_at_shutdown = 0,
    tags = excluded.tags,
    labels = excluded.labels,
    parameters = excluded.parameters,
    parameter_openapi_schema = excluded.parameter_openapi_schema,
    enforce_parameter_schema = excluded.enforce_parameter_schema,
    entrypoint = excluded.entrypoint,
    path = excluded.path,
    pull_steps = excluded.pull_steps,
    work_pool_name = excluded.work_pool_name,
    work_queue_name = excluded.work_queue_name,
    job_variables = excluded.job_variables,
    concurrency_limit = excluded.concurrency_limit,
    concurrency_options = excluded.concurrency_options,
    triggers = excluded.triggers,
    updated_by = excluded.updated_by
RETURNING id;

-- name: deployments.read
-- One deployment by its id, all columns.
SELECT * FROM deployment WHERE id = :id;

-- name: deployments.of_flow
-- The deployment of a flow by its name.
SELECT * FROM deployment WHERE flow_id = :flow_id AND name = :name;

-- name: deployments.ids_of_flow
-- Every deployment of a flow.
SELECT id FROM deployment WHERE flow_id = :flow_id;

-- name: deployments.by_prefix
-- Up to two deployments whose ids begin with :reference: one answers, two do not.
SELECT * FROM deployment WHERE id >= :reference AND id < :reference || 'g' ORDER BY id LIMIT 2;

-- name: deployments.full_names
-- Every deployment's id and the name people refer to it by.
SELECT deployment.id, flow.name || '/' || deployment.name AS full_name
FROM deployment JOIN flow ON flow.id = deployment.flow_id
ORDER BY full_name;

-- name: deployments.pause
-- Its schedules rest from now on.
UPDATE deployment SET paused = 1, paused_at_shutdown = 0, updated = :now WHERE id = :id RETURNING id;

-- name: deployments.pause_at_shutdown
-- Its schedules rest until it is served again, unless somebody has paused it already.
UPDATE deployment SET paused = 1, paused_at_shutdown = 1, updated = :now WHERE id = :id AND paused = 0 RETURNING id;

-- name: deployments.resume
-- Its schedules go on.
UPDATE deployment SET paused = 0, paused_at_shutdown = 0, updated = :now WHERE id = :id RETURNING id;

-- name: deployments.touch
-- What belongs to it has changed.
UPDATE deployment SET updated = :now WHERE id = :id RETURNING id;

-- name: deployments.delete
-- One deployment with its schedules; nothing is returned if it was not there.
DELETE FROM deployment WHERE id = :id RETURNING id;

-- name: deployments.drop_scheduled_runs
-- Runs that schedules made and nobody began, those due after :after; of all schedules where :schedule is null. The maker of such a
-- run is the schedule.
DELETE FROM flow_run
WHERE deployment_id = :id
    AND state_type = 'SCHEDULED'
    AND state_name IN ('Scheduled', 'Late')
    AND auto_scheduled = 1
    AND run_count = 0
    AND session IS NULL
    AND next_scheduled_start_time > :after
    AND (:schedule IS NULL OR replace(created_by, :schedule, '') <> created_by);

-- name: deployments.drop_waiting_runs
-- Runs of a deployment that is about to go, whoever made them, which nobody began; one that waits for a slot stays.
DELETE FROM flow_run
WHERE deployment_id = :id
    AND state_type = 'SCHEDULED'
    AND state_name <> 'AwaitingConcurrencySlot'
    AND run_count = 0
    AND session IS NULL;

-- name: deployments.make_again
-- Occurrences after :now are to be made into runs again; those of all schedules where :schedule is null.
UPDATE deployment_schedule SET
    made_until = CASE WHEN made_until > :now THEN :now ELSE made_until END,
    look_at = 0
WHERE deployment_id = :id AND (:schedule IS NULL OR id = :schedule);

-- name: deployments.pass_over
-- Occurrences up to :now are passed over; those of all schedules where :schedule is null.
UPDATE deployment_schedule SET
    made_until = CASE WHEN made_until IS NULL OR made_until < :now THEN :now ELSE made_until END,
    look_at = 0
WHERE deployment_id = :id AND (:schedule IS NULL OR id = :schedule);

-- name: deployments.schedules
-- The schedules of a deployment, the first made first.
SELECT * FROM deployment_schedule WHERE deployment_id = :id ORDER BY id;

-- name: deployments.every_schedule
-- The schedules of all deployments, the first made first.
SELECT * FROM deployment_schedule ORDER BY id;

-- name: deployments.insert_schedule
-- A new schedule.
INSERT INTO deployment_schedule (
    id, deployment_id, created, updated, schedule, active, declared_active, slug, parameters, max_scheduled_runs, catchup,
    overlap, made_until
) VALUES (
    :id, :deployment_id, :now, :now, :schedule, :active, :declared_active, :slug, :parameters, :max_scheduled_runs, :catchup,
    :overlap, NULL
)
RETURNING id;

-- name: deployments.update_schedule
-- A schedule becomes as wished. One whose times have changed makes up for none that have passed.
UPDATE deployment_schedule SET
    updated = :now,
    made_until = CASE WHEN schedule = :schedule THEN made_until ELSE :now END,
    look_at = 0,
    schedule = :schedule,
    active = :active,
    declared_active = :declared_active,
    slug = :slug,
    parameters = :parameters,
    max_scheduled_runs = :max_scheduled_runs,
    catchup = :catchup,
    overlap = :overlap
WHERE id = :id;

-- name: deployments.set_schedule_active
-- A schedule rests or goes on.
UPDATE deployment_schedule SET active = :active, look_at = 0, updated = :now WHERE id = :schedule AND deployment_id = :id RETURNING id;

-- name: deployments.delete_schedule
-- One schedule; nothing is returned if it was not there.
DELETE FROM deployment_schedule WHERE id = :schedule AND deployment_id = :id RETURNING id;

-- name: deployments.clear_schedules
-- All schedules of a deployment.
DELETE FROM deployment_schedule WHERE deployment_id = :id RETURNING id;

-- name: deployments.serving
-- Which sessions serve which deployments.
SELECT deployment_id, session FROM serving;

-- name: deployments.serve
-- A process says that it serves a deployment.
INSERT INTO serving (session, deployment_id, since) VALUES (:session, :deployment_id, :now)
ON CONFLICT (session, deployment_id) DO NOTHING;

-- name: deployments.unserve
-- A process serves nothing any more.
DELETE FROM serving WHERE session = :session;

-- name: deployments.queues
-- Every work queue, and when it was last looked into.
SELECT work_pool.id AS work_pool_id, work_pool.name AS work_pool_name, work_queue.name AS work_queue_name, work_queue.last_polled
FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id;
