-- The queue of shell commands: what may be changed about jobs as long as they wait, and the environments they were added from. What
-- else jobs are made of is what all runs are.

-- name: shell_queue.edit
-- Another command or another priority for a job that waits; what is null stays as it is. Nothing for one that waits no longer.
UPDATE flow_run SET
    parameters = CASE WHEN :command IS NULL THEN parameters ELSE json_set(parameters, '$.command', :command) END,
    labels = CASE
        WHEN :priority IS NULL THEN labels
        ELSE json_set(coalesce(labels, '{}'), '$."pacc.priority"', :priority)
    END,
    updated = :now
WHERE id = :id AND state_type = 'SCHEDULED' AND session IS NULL
RETURNING id;

-- name: shell_queue.rank
-- Other priorities for jobs that wait: in :priorities, a JSON object by their ids.
UPDATE flow_run SET
    labels = json_set(coalesce(flow_run.labels, '{}'), '$."pacc.priority"', asked.value),
    updated = :now
FROM json_each(:priorities) AS asked
WHERE flow_run.id = asked.key AND flow_run.state_type = 'SCHEDULED' AND flow_run.session IS NULL
RETURNING flow_run.id;

-- name: shell_queue.sealed
-- Every run that keeps the environment it was added from; those that ended too, for they may be run again.
SELECT id, json_extract(context, '$.environment') AS secrets FROM flow_run
WHERE work_pool_name = 'shell' AND json_type(context, '$.environment') = 'text';

-- name: shell_queue.reseal
-- The same environments, encrypted anew: :sealed is a JSON object of ids and texts.
UPDATE flow_run SET context = json_set(flow_run.context, '$.environment', line.value)
FROM json_each(:sealed) AS line WHERE flow_run.id = line.key;
