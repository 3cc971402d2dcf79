-- Automations: what they wait for, what they have seen, when they fired and what was done.

-- If this happens, do that. The definition is the trigger and the actions; events up to since are none of its business.
CREATE TABLE automation (
    id TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    enabled INTEGER NOT NULL DEFAULT 1,
    tags TEXT NOT NULL DEFAULT '[]',
    definition TEXT NOT NULL,
    owner_resource TEXT,
    since INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    stopped TEXT
) WITHOUT ROWID;

CREATE INDEX automation_by_name ON automation (name);
CREATE INDEX automation_by_owner ON automation (owner_resource) WHERE owner_resource IS NOT NULL;

-- Up to which event triggers were evaluated.
CREATE TABLE trigger_cursor (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
);

-- What the triggers of an automation have seen.
CREATE TABLE trigger_memory (
    automation_id TEXT NOT NULL REFERENCES automation (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (automation_id, key)
) WITHOUT ROWID;

-- Each time an automation fired, once: cause says of what. chain is which automations led to it.
CREATE TABLE automation_firing (
    id TEXT NOT NULL PRIMARY KEY,
    automation_id TEXT NOT NULL REFERENCES automation (id) ON DELETE CASCADE,
    cause TEXT NOT NULL,
    fired INTEGER NOT NULL,
    resolved INTEGER NOT NULL DEFAULT 0,
    because TEXT NOT NULL,
    labels TEXT NOT NULL DEFAULT '{}',
    event TEXT,
    events TEXT NOT NULL DEFAULT '[]',
    chain TEXT NOT NULL DEFAULT '[]',
    UNIQUE (automation_id, cause)
) WITHOUT ROWID;

-- What is done because of a firing: waiting, running, then executed or failed.
CREATE TABLE automation_action (
    firing_id TEXT NOT NULL REFERENCES automation_firing (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    action TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER,
    session TEXT,
    started INTEGER,
    ended INTEGER,
    outcome TEXT,
    error TEXT,
    target TEXT,
    PRIMARY KEY (firing_id, place)
) WITHOUT ROWID;

CREATE INDEX automation_action_by_due ON automation_action (due) WHERE due IS NOT NULL;
CREATE INDEX automation_action_by_target ON automation_action (target, started) WHERE target IS NOT NULL;
CREATE INDEX automation_action_running ON automation_action (session) WHERE status = 'running';

-- Automations.
CREATE TRIGGER event_of_automation_created
AFTER INSERT ON automation
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.automation.created',
        'pacc.automation.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        NEW.definition
    );
END;

CREATE TRIGGER event_of_automation_updated
AFTER UPDATE OF name, description, enabled, tags, definition ON automation
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.automation.updated',
        'pacc.automation.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        NEW.definition
    );
END;

CREATE TRIGGER event_of_automation_deleted
AFTER DELETE ON automation
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.automation.deleted',
        'pacc.automation.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        OLD.definition
    );
END;

-- An automation whose owner goes has nobody left to serve.
CREATE TRIGGER automation_of_deployment
AFTER DELETE ON deployment
BEGIN
    DELETE FROM automation WHERE owner_resource = 'pacc.deployment.' || OLD.id;
END;

CREATE TRIGGER event_interest_of_automation
AFTER DELETE ON automation
BEGIN
    DELETE FROM event_interest WHERE holder = 'automation ' || OLD.id;
END;
