-- Events: what happened, in the order of the commits. Most rows are written by triggers, see the schema.

-- name: events.record_batch
-- The journal's writing of what code says: as many rows as the journal repeats the row of question marks; a row without id is
-- padding, one whose id is there already is the same event again.
INSERT INTO event (id, occurred, received, event, resource_id, resource, related, payload, follows)
SELECT * FROM (
    VALUES
    (?, ?, ?, ?, ?, ?, ?, ?, ?)
)
WHERE column1 IS NOT NULL
ON CONFLICT DO NOTHING;

-- name: events.insert
-- One event, within a transaction.
INSERT INTO event (id, occurred, received, event, resource_id, resource, related, payload, follows)
VALUES (:id, :occurred, :received, :event, :resource_id, :resource, :related, :payload, :follows)
ON CONFLICT DO NOTHING;

-- name: events.last
-- The place of the newest event there ever was; nothing is returned before the first one.
SELECT seq FROM sqlite_sequence WHERE name = 'event';

-- name: events.after
-- What was stored after a place, in that order.
SELECT * FROM event WHERE seq > :seq ORDER BY seq LIMIT :limit;

-- name: events.newest
-- A page of events, the latest first, before the place :occurred, :seq. Of what is asked for: when it occurred, the beginnings its
-- name and its resource's id may have, and whole ids of resources; a null lets all through.
SELECT * FROM event
WHERE occurred >= :since
    AND occurred <= :until
    AND (occurred, seq) < (:occurred, :seq)
    AND (:names IS NULL OR EXISTS (SELECT 1 FROM json_each(:names) WHERE substr(event.event, 1, length(value)) = value))
    AND (:prefixes IS NULL OR EXISTS (SELECT 1 FROM json_each(:prefixes) WHERE substr(resource_id, 1, length(value)) = value))
    AND (:resources IS NULL OR resource_id IN (SELECT value FROM json_each(:resources)))
ORDER BY occurred DESC, seq DESC
LIMIT :limit;

-- name: events.oldest
-- The same, the earliest first, after the place :occurred, :seq.
SELECT * FROM event
WHERE occurred >= :since
    AND occurred <= :until
    AND (occurred, seq) > (:occurred, :seq)
    AND (:names IS NULL OR EXISTS (SELECT 1 FROM json_each(:names) WHERE substr(event.event, 1, length(value)) = value))
    AND (:prefixes IS NULL OR EXISTS (SELECT 1 FROM json_each(:prefixes) WHERE substr(resource_id, 1, length(value)) = value))
    AND (:resources IS NULL OR resource_id IN (SELECT value FROM json_each(:resources)))
ORDER BY occurred, seq
LIMIT :limit;

-- name: events.running
-- The flow runs that are being executed, and the sessions that answer for them.
SELECT id, session FROM flow_run WHERE state_type = 'RUNNING' AND session IS NOT NULL ORDER BY id;

-- name: events.flow_runs
-- What the events of some flow runs tell about them; :ids is a JSON array.
SELECT
    flow_run.id, flow_run.name, flow_run.history, flow_run.tags, flow_run.parent_task_run_id, flow_run.created_by,
    flow.id AS flow_id, flow.name AS flow_name,
    deployment.id AS deployment_id, deployment.name AS deployment_name,
    work_pool.id AS work_pool_id, work_pool.name AS work_pool_name, work_pool.type AS work_pool_type,
    work_queue.id AS work_queue_id, work_queue.name AS work_queue_name
FROM json_each(:ids) AS wanted
JOIN flow_run ON flow_run.id = wanted.value
JOIN flow ON flow.id = flow_run.flow_id
LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
LEFT JOIN work_pool ON work_pool.name = flow_run.work_pool_name
LEFT JOIN work_queue ON work_queue.work_pool_id = work_pool.id AND work_queue.name = flow_run.work_queue_name;

-- name: events.task_runs
-- What the events of some task runs tell about them; :ids is a JSON array.
SELECT task_run.id, task_run.name, task_run.history, task_run.tags, task_run.flow_run_id
FROM json_each(:ids) AS wanted
JOIN task_run ON task_run.id = wanted.value;

-- name: events.latest_task_runs
-- The task runs that were made last and changed since a moment, for events that nobody wanted when they happened.
SELECT id, history FROM task_run WHERE state_time >= :since ORDER BY id DESC LIMIT :limit;

-- name: events.by_id
-- The events that have this id, or may have it because it follows from what they tell: states of the runs whose ids begin with
-- :beginning, and what occurred from :since on and before :until.
SELECT * FROM event WHERE id = :id
UNION ALL
SELECT * FROM event
WHERE id IS NULL
    AND (
        (resource_id >= 'pacc.flow-run.' || :beginning AND resource_id < 'pacc.flow-run.' || :beginning || 'g')
        OR (resource_id >= 'pacc.task-run.' || :beginning AND resource_id < 'pacc.task-run.' || :beginning || 'g')
        OR (occurred >= :since AND occurred < :until)
    );

-- name: events.prune
-- Some events that occurred before :before go.
DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE occurred < :before ORDER BY occurred LIMIT :limit) RETURNING seq;

-- name: events.take_interest
-- From now on the states of task runs are events too.
INSERT INTO event_interest (holder, session) VALUES (:holder, :session) ON CONFLICT (holder) DO NOTHING;

-- name: events.lose_interest
-- Somebody wants to know no longer.
DELETE FROM event_interest WHERE holder = :holder;

-- name: events.interested
-- The sessions that want to know.
SELECT holder, session FROM event_interest WHERE session IS NOT NULL;
