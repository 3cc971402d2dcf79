-- Webhooks: addresses that others call, and what is made of it.

-- An address is found by the digest of its end, so that how long a look takes says nothing about addresses. secret is the token or the
-- key of signatures, encrypted. What became of calls is counted now and then, not with each.
CREATE TABLE webhook (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    enabled INTEGER NOT NULL DEFAULT 1,
    slug TEXT NOT NULL,
    slug_digest TEXT NOT NULL UNIQUE,
    template TEXT NOT NULL,
    authentication TEXT NOT NULL DEFAULT 'none',
    secret TEXT,
    received INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    last_received INTEGER,
    last_refused INTEGER,
    refusal TEXT
) WITHOUT ROWID;

-- Webhooks, but not the ends of their addresses.
CREATE TRIGGER event_of_webhook_created
AFTER INSERT ON webhook
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.webhook.created',
        'pacc.webhook.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"enabled":' || CASE WHEN NEW.enabled THEN 'true' ELSE 'false' END
            || ',"authentication":"' || NEW.authentication || '"}'
    );
END;

CREATE TRIGGER event_of_webhook_updated
AFTER UPDATE OF name, description, enabled, slug, template, authentication, secret ON webhook
WHEN NEW.updated > OLD.updated
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.webhook.updated',
        'pacc.webhook.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"enabled":' || CASE WHEN NEW.enabled THEN 'true' ELSE 'false' END
            || ',"authentication":"' || NEW.authentication || '"}'
    );
END;

CREATE TRIGGER event_of_webhook_deleted
AFTER DELETE ON webhook
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.webhook.deleted',
        'pacc.webhook.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"enabled":' || CASE WHEN OLD.enabled THEN 'true' ELSE 'false' END
            || ',"authentication":"' || OLD.authentication || '"}'
    );
END;
