-- Graphs: what ran within a flow run, to any depth.

-- name: graphs.flow_runs
-- A flow run and every flow run below it, the oldest first, each with the name of its flow.
WITH RECURSIVE below (id) AS (
    SELECT id FROM flow_run WHERE id = :id
    UNION
    SELECT flow_run.id FROM flow_run JOIN below ON flow_run.parent_flow_run_id = below.id
)
SELECT
    flow_run.id, flow_run.name, flow.name AS subject, flow_run.parent_flow_run_id, flow_run.parent_task_run_id,
    flow_run.state_type, flow_run.state_name, flow_run.start_time, flow_run.end_time, flow_run.total_run_time,
    flow_run.created, flow_run.history
FROM flow_run JOIN flow ON flow.id = flow_run.flow_id
WHERE flow_run.id IN (SELECT below.id FROM below)
ORDER BY flow_run.id;

-- name: graphs.task_runs
-- The task runs of a flow run and of every flow run below it, the oldest first.
WITH RECURSIVE below (id) AS (
    SELECT id FROM flow_run WHERE id = :id
    UNION
    SELECT flow_run.id FROM flow_run JOIN below ON flow_run.parent_flow_run_id = below.id
)
SELECT
    id, flow_run_id, name, task_key, dynamic_key, state_type, state_name, start_time, end_time, total_run_time,
    task_inputs, created, history
FROM task_run
WHERE flow_run_id IN (SELECT below.id FROM below)
ORDER BY id;
