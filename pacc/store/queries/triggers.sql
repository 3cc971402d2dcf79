-- The evaluation of triggers: what was seen, what fired, what is to be done.

-- name: triggers.cursor
-- Up to which event triggers were evaluated; nothing is returned before the first evaluation.
SELECT seq FROM trigger_cursor WHERE id = 1;

-- name: triggers.begin
-- The first evaluation begins with what happened since the first automation was made.
INSERT INTO trigger_cursor (id, seq)
VALUES (
    1,
    coalesce(
        (SELECT min(since) FROM automation),
        (SELECT seq FROM sqlite_sequence WHERE name = 'event'),
        0
    )
)
ON CONFLICT (id) DO NOTHING;

-- name: triggers.advance
-- The evaluation has come further, if nobody else has meanwhile; else no row comes back.
UPDATE trigger_cursor SET seq = :seq WHERE id = 1 AND seq = :seen RETURNING seq;

-- name: triggers.enabled
-- The automations that may fire.
SELECT id, name, definition, since, version FROM automation WHERE enabled = 1 ORDER BY id;

-- name: triggers.versions
-- Which automations may fire, and in which version.
SELECT id, version FROM automation WHERE enabled = 1 ORDER BY id;

-- name: triggers.memories
-- What the triggers of some automations have seen; :ids is a JSON array.
SELECT automation_id, key, value FROM trigger_memory WHERE automation_id IN (SELECT value FROM json_each(:ids));

-- name: triggers.remember
-- What a trigger has seen, as long as its automation is as it was.
INSERT INTO trigger_memory (automation_id, key, value)
SELECT :automation_id, line.key, line.value
FROM json_each(:values) AS line
WHERE EXISTS (SELECT 1 FROM automation WHERE automation.id = :automation_id AND automation.version = :version)
ON CONFLICT (automation_id, key) DO UPDATE SET value = excluded.value;

-- name: triggers.forget
-- What a trigger need not know any more; :keys is a JSON array.
DELETE FROM trigger_memory WHERE automation_id = :automation_id AND key IN (SELECT value FROM json_each(:keys));

-- name: triggers.fire
-- An automation fires, once for one cause, as long as it is as it was when that was decided.
INSERT INTO automation_firing (id, automation_id, cause, fired, resolved, because, labels, event, events, chain)
SELECT :id, automation.id, :cause, :fired, :resolved, :because, :labels, :event, :events, :chain
FROM automation
WHERE automation.id = :automation_id AND automation.version = :version
ON CONFLICT (automation_id, cause) DO NOTHING
RETURNING id;

-- name: triggers.act
-- What is to be done because of a firing: :actions is a JSON array of the actions' texts.
INSERT INTO automation_action (firing_id, place, action, due)
SELECT :firing_id, line.key, line.value, :due FROM json_each(:actions) AS line;

-- name: triggers.due
-- Actions that are to be done by now.
SELECT firing_id, place FROM automation_action WHERE due IS NOT NULL AND due <= :now ORDER BY due, firing_id, place LIMIT :limit;

-- name: triggers.next_due
-- When the next action is to be done.
SELECT min(due) AS due FROM automation_action WHERE due IS NOT NULL;

-- name: triggers.running
-- The sessions that have taken actions on.
SELECT DISTINCT session FROM automation_action WHERE status = 'running';

-- name: triggers.give_back
-- Actions of a process that is gone are to be done again.
UPDATE automation_action SET status = 'waiting', due = :now, session = NULL WHERE status = 'running' AND session = :session;

-- name: triggers.take
-- One process takes an action on; nothing is returned if another one has, or it is not due.
UPDATE automation_action
SET status = 'running', due = NULL, session = :session, attempts = attempts + 1, started = :now
WHERE firing_id = :firing_id AND place = :place AND status = 'waiting' AND due <= :now
RETURNING *;

-- name: triggers.firing
-- One firing with its automation.
SELECT automation_firing.*, automation.name AS automation_name, automation.definition, automation.description
FROM automation_firing JOIN automation ON automation.id = automation_firing.automation_id
WHERE automation_firing.id = :id;

-- name: triggers.aim
-- What an action is about to change.
UPDATE automation_action SET target = :target WHERE firing_id = :firing_id AND place = :place;

-- name: triggers.done
-- An action was executed, or has failed for good; or it is to be tried again at :due.
UPDATE automation_action SET
    status = :status, due = :due, session = NULL, ended = :now, outcome = :outcome, error = :error, target = :target
WHERE firing_id = :firing_id AND place = :place;

-- name: triggers.led_by
-- The firing whose action was the last to begin to make or change a resource by a moment.
SELECT automation_firing.chain, automation_firing.automation_id, automation_firing.fired, automation_action.started,
    automation_action.ended
FROM automation_action JOIN automation_firing ON automation_firing.id = automation_action.firing_id
WHERE automation_action.target = :target AND automation_action.started <= :occurred
ORDER BY automation_action.started DESC
LIMIT 1;

-- name: triggers.led_to_run
-- The firing that made a flow run, and when that was.
SELECT automation_firing.chain, automation_firing.fired AS started
FROM flow_run JOIN automation_firing ON automation_firing.id = substr(flow_run.idempotency_key, 12, 36)
WHERE flow_run.id = :id AND substr(flow_run.idempotency_key, 1, 11) = 'automation:';

-- name: triggers.durations
-- How the runs went that started or ended since a moment: for the figures of metric triggers.
SELECT id, state_type, start_time, end_time, expected_start_time, total_run_time, state_time
FROM flow_run
WHERE (end_time >= :since OR start_time >= :since OR (state_type = 'SCHEDULED' AND next_scheduled_start_time BETWEEN :since AND :now))
LIMIT :limit;
