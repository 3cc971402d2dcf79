-- The queue of shell commands: what may be changed about jobs as long as they wait. What else jobs are made of is what all runs are.

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
