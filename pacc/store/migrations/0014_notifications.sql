-- Subscriptions to the states of flow runs, and the queue of what is to be told.

-- Who wants to be told where when flow runs enter which states. Only address is for people; secret is the URL, encrypted, or else
-- block names the block that knows it. A name that is null stands for all.
CREATE TABLE notification_subscription (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    states TEXT NOT NULL,
    flow_name TEXT,
    deployment_name TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    subflows INTEGER NOT NULL DEFAULT 0,
    paused INTEGER NOT NULL DEFAULT 0,
    address TEXT NOT NULL,
    secret TEXT,
    block TEXT
) WITHOUT ROWID;

-- What is to be told, or was: a row for each state that a flow run entered and a subscription wants, written with the state itself.
-- At due somebody tries; there is none where it was sent, or given up. session is who tries at this moment.
CREATE TABLE notification (
    subscription_id TEXT NOT NULL REFERENCES notification_subscription (id) ON DELETE CASCADE,
    flow_run_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    run_name TEXT NOT NULL,
    flow_name TEXT NOT NULL,
    deployment_name TEXT,
    state_type TEXT NOT NULL,
    state_name TEXT NOT NULL,
    state_message TEXT,
    state_time INTEGER NOT NULL,
    total_run_time INTEGER NOT NULL,
    due INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    tried INTEGER,
    sent INTEGER,
    error TEXT,
    session TEXT,
    PRIMARY KEY (subscription_id, flow_run_id, version)
) WITHOUT ROWID;

CREATE INDEX notification_by_due ON notification (due) WHERE due IS NOT NULL;
CREATE INDEX notification_by_try ON notification (tried) WHERE due IS NULL;

-- Which subscriptions want the present state of which flow run. A nested run of a deployment's run counts as that deployment's.
CREATE VIEW notification_wanted AS
SELECT
    subscription.id AS subscription_id,
    flow_run.id AS flow_run_id,
    flow_run.version,
    flow_run.name AS run_name,
    flow.name AS flow_name,
    deployed.name || '/' || deployment.name AS deployment_name,
    flow_run.state_type,
    flow_run.state_name,
    flow_run.state_message,
    flow_run.state_time,
    flow_run.total_run_time,
    flow_run.state_time AS due
FROM flow_run
JOIN flow ON flow.id = flow_run.flow_id
LEFT JOIN deployment ON deployment.id = flow_run.deployment_id
LEFT JOIN flow AS deployed ON deployed.id = deployment.flow_id
JOIN notification_subscription AS subscription
    ON subscription.paused = 0
    AND (subscription.subflows OR flow_run.parent_flow_run_id IS NULL)
    AND (subscription.flow_name IS NULL OR subscription.flow_name = flow.name)
    AND (
        subscription.deployment_name IS NULL
        OR subscription.deployment_name = deployed.name || '/' || deployment.name
    )
WHERE EXISTS (
    SELECT 1 FROM json_each(subscription.states) AS state
    WHERE state.value IN (lower(flow_run.state_type), lower(flow_run.state_name))
)
AND NOT EXISTS (
    SELECT 1 FROM json_each(subscription.tags) AS wanted
    WHERE wanted.value NOT IN (SELECT tag.value FROM json_each(flow_run.tags) AS tag)
);

-- Whoever moves a flow run, queues what is to be told of it: also for a run whose process is gone.
CREATE TRIGGER notification_queued
AFTER UPDATE OF state_type, state_name ON flow_run
WHEN NEW.version > OLD.version AND EXISTS (SELECT 1 FROM notification_subscription)
BEGIN
    INSERT INTO notification (
        subscription_id, flow_run_id, version, run_name, flow_name, deployment_name,
        state_type, state_name, state_message, state_time, total_run_time, due
    )
    SELECT * FROM notification_wanted WHERE flow_run_id = NEW.id
    ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER notification_queued_at_once
AFTER INSERT ON flow_run
WHEN EXISTS (SELECT 1 FROM notification_subscription)
BEGIN
    INSERT INTO notification (
        subscription_id, flow_run_id, version, run_name, flow_name, deployment_name,
        state_type, state_name, state_message, state_time, total_run_time, due
    )
    SELECT * FROM notification_wanted WHERE flow_run_id = NEW.id
    ON CONFLICT DO NOTHING;
END;
