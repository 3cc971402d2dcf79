-- Notifications: who wants to be told of which states, and the queue of what is to be told. The queue fills by triggers.

-- name: notifications.subscribe
-- A new subscription; nothing is returned if the name is taken, or if :secret was encrypted with a key that is not in use any more.
INSERT INTO notification_subscription (
    id, name, created, updated, states, flow_name, deployment_name, tags, subflows, address, secret, block
)
SELECT :id, :name, :now, :now, :states, :flow_name, :deployment_name, :tags, :subflows, :address, :secret, :block
WHERE :proof IS NULL OR EXISTS (SELECT 1 FROM key_proof WHERE key_proof.proof = :proof)
ON CONFLICT (name) DO NOTHING
RETURNING id;

-- name: notifications.subscriptions
-- All of them by name, or the one of a name, with what became of their notifications.
SELECT
    subscription.*,
    (SELECT count(*) FROM notification WHERE subscription_id = subscription.id AND sent IS NOT NULL) AS sent,
    (SELECT count(*) FROM notification WHERE subscription_id = subscription.id AND due IS NOT NULL) AS waiting,
    (
        SELECT count(*) FROM notification
        WHERE subscription_id = subscription.id AND due IS NULL AND sent IS NULL
    ) AS given_up,
    (SELECT max(sent) FROM notification WHERE subscription_id = subscription.id) AS last_sent,
    (
        SELECT error FROM notification
        WHERE subscription_id = subscription.id AND sent IS NULL AND error IS NOT NULL
        ORDER BY tried DESC LIMIT 1
    ) AS error
FROM notification_subscription AS subscription
WHERE :name IS NULL OR subscription.name = :name
ORDER BY subscription.name;

-- name: notifications.names
-- Names to compare a mistyped one with.
SELECT name FROM notification_subscription ORDER BY name LIMIT 2000;

-- name: notifications.destination
-- Where a subscription's notifications go.
SELECT name, address, secret, block FROM notification_subscription WHERE id = :id;

-- name: notifications.pause
-- Tell a subscription nothing any more, or tell it again; nothing is returned if there is none of the name.
UPDATE notification_subscription SET paused = :paused, updated = :now WHERE name = :name RETURNING id;

-- name: notifications.unsubscribe
-- A subscription goes, with its queue; nothing is returned if there is none of the name.
DELETE FROM notification_subscription WHERE name = :name RETURNING id;

-- name: notifications.sealed
-- Every subscription that holds a secret.
SELECT id, secret AS secrets FROM notification_subscription WHERE secret IS NOT NULL;

-- name: notifications.reseal
-- The same secrets, encrypted anew: :sealed is a JSON object of ids and texts.
UPDATE notification_subscription
SET secret = (SELECT line.value FROM json_each(:sealed) AS line WHERE line.key = notification_subscription.id)
WHERE id IN (SELECT line.key FROM json_each(:sealed) AS line);

-- name: notifications.any
-- Whether anybody wants to be told anything.
SELECT EXISTS (SELECT 1 FROM notification_subscription WHERE paused = 0) AS found;

-- name: notifications.next
-- When something is to be tried next, by who is trying it.
SELECT notification.session, min(notification.due) AS due FROM notification
JOIN notification_subscription AS subscription ON subscription.id = notification.subscription_id
WHERE notification.due IS NOT NULL AND subscription.paused = 0
GROUP BY notification.session;

-- name: notifications.due
-- What is to be tried by :now, the oldest first, whether or not somebody is at it.
SELECT notification.* FROM notification
JOIN notification_subscription AS subscription ON subscription.id = notification.subscription_id
WHERE notification.due <= :now AND subscription.paused = 0
ORDER BY notification.due, notification.flow_run_id
LIMIT 500;

-- name: notifications.claim
-- One process tries, if nobody does, or only :holder did, whose process is gone.
UPDATE notification SET session = :session, tries = tries + 1, tried = :now
WHERE subscription_id = :subscription_id AND flow_run_id = :flow_run_id AND version = :version
    AND due <= :now AND session IS :holder
RETURNING *, (
    SELECT flow_run.state_details FROM flow_run
    WHERE flow_run.id = notification.flow_run_id AND flow_run.version = notification.version
) AS state_details;

-- name: notifications.settle
-- What came of a try, told by who tried: sent, or to be tried again at :due, or given up.
UPDATE notification SET session = NULL, due = :due, sent = :sent, error = :error
WHERE subscription_id = :subscription_id AND flow_run_id = :flow_run_id AND version = :version
    AND due IS NOT NULL AND session = :session
RETURNING tries;

-- name: notifications.put_back
-- Nothing came of a try, since the process that tried is ending.
UPDATE notification SET session = NULL, tries = tries - 1
WHERE subscription_id = :subscription_id AND flow_run_id = :flow_run_id AND version = :version
    AND due IS NOT NULL AND session = :session
RETURNING tries;

-- name: notifications.any_old
-- Whether anything was sent, or given up, before :bound.
SELECT EXISTS (SELECT 1 FROM notification WHERE due IS NULL AND tried <= :bound) AS found;

-- name: notifications.forget
-- Some of what was sent, or given up, before :bound.
DELETE FROM notification WHERE (subscription_id, flow_run_id, version) IN (
    SELECT subscription_id, flow_run_id, version FROM notification
    WHERE due IS NULL AND tried <= :bound
    LIMIT 500
)
RETURNING version;

-- name: notifications.troubled
-- Of each subscription how many notifications were given up since :since, or have been tried in vain so far, and why at last.
SELECT
    subscription.name,
    subscription.address,
    sum(notification.due IS NULL) AS given_up,
    sum(notification.due IS NOT NULL) AS waiting,
    max(notification.tried),
    notification.error
FROM notification
JOIN notification_subscription AS subscription ON subscription.id = notification.subscription_id
WHERE notification.sent IS NULL AND notification.error IS NOT NULL AND notification.tried >= :since
GROUP BY subscription.id
ORDER BY subscription.name;
