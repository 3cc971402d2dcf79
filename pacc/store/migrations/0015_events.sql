-- Events: what happened, written by triggers in the same commit as the thing itself, so that nothing can forget to say it. They
-- put JSON together by hand: SQLite calls its JSON functions unsafe in a schema that it is told not to trust.
-- SQLite's clock has milliseconds: what is deleted is so no earlier than it was changed, some microseconds of the same one before.

-- What happened, in the order of the commits: seq is where who follows goes on. A row with a version is a state of a run and tells
-- only which; what else its event says is worked out from the run on reading. An id that is null follows from the other columns.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT,
    occurred INTEGER NOT NULL,
    received INTEGER,
    event TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    version INTEGER,
    resource TEXT,
    related TEXT,
    payload TEXT,
    follows TEXT
);

CREATE UNIQUE INDEX event_by_id ON event (id) WHERE id IS NOT NULL;
CREATE INDEX event_by_occurred ON event (occurred);
CREATE INDEX event_by_resource ON event (resource_id);

-- Who wants the states of task runs as events: a process, as long as its session lives, or whatever else has a name.
CREATE TABLE event_interest (
    holder TEXT NOT NULL PRIMARY KEY,
    session TEXT
) WITHOUT ROWID;

-- Every state of flow runs. Where one line of history was added it is the present state, else each line is one.
CREATE TRIGGER event_of_flow_run_made
AFTER INSERT ON flow_run
WHEN NEW.version = 1
BEGIN
    INSERT INTO event (occurred, received, event, resource_id, version)
    VALUES (NEW.state_time, NEW.updated, 'pacc.flow-run.' || NEW.state_name, 'pacc.flow-run.' || NEW.id, NEW.version);
END;

CREATE TRIGGER event_of_flow_run_recorded
AFTER INSERT ON flow_run
WHEN NEW.version > 1
BEGIN
    INSERT INTO event (occurred, received, event, resource_id, version)
    SELECT
        coalesce((SELECT value FROM json_each(line.value, '$.t')), NEW.state_time),
        NEW.updated,
        'pacc.flow-run.' || coalesce((SELECT value FROM json_each(line.value, '$.name')), NEW.state_name),
        'pacc.flow-run.' || NEW.id,
        line.key + 1
    FROM json_each('[' || replace(NEW.history, char(10), ',') || ']') AS line;
END;

CREATE TRIGGER event_of_flow_run_moved
AFTER UPDATE OF history ON flow_run
WHEN NEW.version = OLD.version + 1
BEGIN
    INSERT INTO event (occurred, received, event, resource_id, version)
    VALUES (NEW.state_time, NEW.updated, 'pacc.flow-run.' || NEW.state_name, 'pacc.flow-run.' || NEW.id, NEW.version);
END;

CREATE TRIGGER event_of_flow_run_moved_on
AFTER UPDATE OF history ON flow_run
WHEN NEW.version > OLD.version + 1
BEGIN
    INSERT INTO event (occurred, received, event, resource_id, version)
    SELECT
        coalesce((SELECT value FROM json_each(line.value, '$.t')), NEW.state_time),
        NEW.updated,
        'pacc.flow-run.' || coalesce((SELECT value FROM json_each(line.value, '$.name')), NEW.state_name),
        'pacc.flow-run.' || NEW.id,
        OLD.version + line.key + 1
    FROM json_each('[' || replace(substr(NEW.history, length(OLD.history) + 2), char(10), ',') || ']') AS line;
END;

-- Every state of task runs, while somebody wants to know. Where one line of history was added it is the present state, else each line is one.
CREATE TRIGGER event_of_task_run_made
AFTER INSERT ON task_run
WHEN NEW.version = 1 AND EXISTS (SELECT 1 FROM event_interest)
BEGIN
    INSERT INTO event (occurred, received, event, resource_id, version)
    VALUES (NEW.state_time, NULL, 'pacc.task-run.' || NEW.state_name, 'pacc.task-run.' || NEW.id, NEW.version);
END;

CREATE TRIGGER event_of_task_run_recorded
AFTER INSERT ON task_run
WHEN NEW.version > 1 AND EXISTS (SELECT 1 FROM event_interest)
BEGIN
    INSERT INTO event (occurred, received, event, resource_id, version)
    SELECT
        coalesce((SELECT value FROM json_each(line.value, '$.t')), NEW.state_time),
        NULL,
        'pacc.task-run.' || coalesce((SELECT value FROM json_each(line.value, '$.name')), NEW.state_name),
        'pacc.task-run.' || NEW.id,
        line.key + 1
    FROM json_each('[' || replace(NEW.history, char(10), ',') || ']') AS line;
END;

CREATE TRIGGER event_of_task_run_moved
AFTER UPDATE OF history ON task_run
WHEN NEW.version = OLD.version + 1 AND EXISTS (SELECT 1 FROM event_interest)
BEGIN
    INSERT INTO event (occurred, received, event, resource_id, version)
    VALUES (NEW.state_time, NULL, 'pacc.task-run.' || NEW.state_name, 'pacc.task-run.' || NEW.id, NEW.version);
END;

CREATE TRIGGER event_of_task_run_moved_on
AFTER UPDATE OF history ON task_run
WHEN NEW.version > OLD.version + 1 AND EXISTS (SELECT 1 FROM event_interest)
BEGIN
    INSERT INTO event (occurred, received, event, resource_id, version)
    SELECT
        coalesce((SELECT value FROM json_each(line.value, '$.t')), NEW.state_time),
        NULL,
        'pacc.task-run.' || coalesce((SELECT value FROM json_each(line.value, '$.name')), NEW.state_name),
        'pacc.task-run.' || NEW.id,
        OLD.version + line.key + 1
    FROM json_each('[' || replace(substr(NEW.history, length(OLD.history) + 2), char(10), ',') || ']') AS line;
END;

-- Variables.
CREATE TRIGGER event_of_variable_created
AFTER INSERT ON variable
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.variable.created',
        'pacc.variable.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"value":' || NEW.value
            || ',"tags":' || NEW.tags || '}'
    );
END;

CREATE TRIGGER event_of_variable_updated
AFTER UPDATE ON variable
WHEN NEW.updated > OLD.updated OR NEW.value IS NOT OLD.value OR NEW.tags IS NOT OLD.tags
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.variable.updated',
        'pacc.variable.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"value":' || NEW.value
            || ',"tags":' || NEW.tags || '}'
    );
END;

CREATE TRIGGER event_of_variable_deleted
AFTER DELETE ON variable
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.variable.deleted',
        'pacc.variable.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"value":' || OLD.value
            || ',"tags":' || OLD.tags || '}'
    );
END;

-- Flows; that one was called again is nothing new about it.
CREATE TRIGGER event_of_flow_created
AFTER INSERT ON flow
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.flow.created',
        'pacc.flow.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"tags":' || NEW.tags
            || ',"labels":' || NEW.labels || '}'
    );
END;

CREATE TRIGGER event_of_flow_updated
AFTER UPDATE ON flow
WHEN NEW.tags IS NOT OLD.tags OR NEW.labels IS NOT OLD.labels
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.flow.updated',
        'pacc.flow.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"tags":' || NEW.tags
            || ',"labels":' || NEW.labels || '}'
    );
END;

CREATE TRIGGER event_of_flow_deleted
AFTER DELETE ON flow
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.flow.deleted',
        'pacc.flow.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"tags":' || OLD.tags
            || ',"labels":' || OLD.labels || '}'
    );
END;

-- Deployments; that one was saved again as it was is nothing new. What it passes to its runs is not told.
CREATE TRIGGER event_of_deployment_created
AFTER INSERT ON deployment
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.deployment.created',
        'pacc.deployment.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || group_concat(each, ',') || ']'
            FROM (
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.flow.' || flow.id || '"'
                    || ',"pacc.resource.role":' || '"flow"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(flow.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' AS each
                FROM flow WHERE flow.id = NEW.flow_id
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_pool WHERE work_pool.name = NEW.work_pool_name
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-queue.' || work_queue.id || '"'
                    || ',"pacc.resource.role":' || '"work-queue"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_queue.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id
                WHERE work_pool.name = NEW.work_pool_name AND work_queue.name = NEW.work_queue_name
            )
        ),
        NULL
    );
END;

CREATE TRIGGER event_of_deployment_updated
AFTER UPDATE ON deployment
WHEN NEW.paused IS NOT OLD.paused
    OR NEW.tags IS NOT OLD.tags
    OR NEW.parameters IS NOT OLD.parameters
    OR NEW.version IS NOT OLD.version
    OR NEW.description IS NOT OLD.description
    OR NEW.entrypoint IS NOT OLD.entrypoint
    OR NEW.path IS NOT OLD.path
    OR NEW.pull_steps IS NOT OLD.pull_steps
    OR NEW.work_pool_name IS NOT OLD.work_pool_name
    OR NEW.work_queue_name IS NOT OLD.work_queue_name
    OR NEW.job_variables IS NOT OLD.job_variables
    OR NEW.concurrency_limit IS NOT OLD.concurrency_limit
    OR NEW.triggers IS NOT OLD.triggers
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.deployment.updated',
        'pacc.deployment.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || group_concat(each, ',') || ']'
            FROM (
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.flow.' || flow.id || '"'
                    || ',"pacc.resource.role":' || '"flow"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(flow.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' AS each
                FROM flow WHERE flow.id = NEW.flow_id
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_pool WHERE work_pool.name = NEW.work_pool_name
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-queue.' || work_queue.id || '"'
                    || ',"pacc.resource.role":' || '"work-queue"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_queue.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id
                WHERE work_pool.name = NEW.work_pool_name AND work_queue.name = NEW.work_queue_name
            )
        ),
        '{"updated_fields":[' || substr(CASE WHEN OLD.paused IS NOT NEW.paused THEN ',"paused"' ELSE '' END
            || CASE WHEN OLD.tags IS NOT NEW.tags THEN ',"tags"' ELSE '' END
            || CASE WHEN OLD.parameters IS NOT NEW.parameters THEN ',"parameters"' ELSE '' END
            || CASE WHEN OLD.version IS NOT NEW.version THEN ',"version"' ELSE '' END
            || CASE WHEN OLD.description IS NOT NEW.description THEN ',"description"' ELSE '' END
            || CASE WHEN OLD.entrypoint IS NOT NEW.entrypoint THEN ',"entrypoint"' ELSE '' END
            || CASE WHEN OLD.path IS NOT NEW.path THEN ',"path"' ELSE '' END
            || CASE WHEN OLD.pull_steps IS NOT NEW.pull_steps THEN ',"pull_steps"' ELSE '' END
            || CASE WHEN OLD.work_pool_name IS NOT NEW.work_pool_name THEN ',"work_pool_name"' ELSE '' END
            || CASE WHEN OLD.work_queue_name IS NOT NEW.work_queue_name THEN ',"work_queue_name"' ELSE '' END
            || CASE WHEN OLD.job_variables IS NOT NEW.job_variables THEN ',"job_variables"' ELSE '' END
            || CASE WHEN OLD.concurrency_limit IS NOT NEW.concurrency_limit THEN ',"concurrency_limit"' ELSE '' END
            || CASE WHEN OLD.triggers IS NOT NEW.triggers THEN ',"triggers"' ELSE '' END, 2)
            || '],"updates":{' || substr(CASE
                WHEN OLD.paused IS NOT NEW.paused
                    THEN ',"paused":{"from":' || coalesce(OLD.paused, 'null')
                        || ',"to":' || coalesce(NEW.paused, 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.version IS NOT NEW.version
                    THEN ',"version":{"from":' || coalesce('"' || replace(replace(replace(OLD.version, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                        || ',"to":' || coalesce('"' || replace(replace(replace(NEW.version, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.work_pool_name IS NOT NEW.work_pool_name
                    THEN ',"work_pool_name":{"from":' || coalesce('"' || replace(replace(replace(OLD.work_pool_name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                        || ',"to":' || coalesce('"' || replace(replace(replace(NEW.work_pool_name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.work_queue_name IS NOT NEW.work_queue_name
                    THEN ',"work_queue_name":{"from":' || coalesce('"' || replace(replace(replace(OLD.work_queue_name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                        || ',"to":' || coalesce('"' || replace(replace(replace(NEW.work_queue_name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.concurrency_limit IS NOT NEW.concurrency_limit
                    THEN ',"concurrency_limit":{"from":' || coalesce(OLD.concurrency_limit, 'null')
                        || ',"to":' || coalesce(NEW.concurrency_limit, 'null') || '}'
                ELSE ''
            END, 2)
            || '}}'
    );
END;

CREATE TRIGGER event_of_deployment_deleted
AFTER DELETE ON deployment
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.deployment.deleted',
        'pacc.deployment.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || group_concat(each, ',') || ']'
            FROM (
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.flow.' || flow.id || '"'
                    || ',"pacc.resource.role":' || '"flow"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(flow.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' AS each
                FROM flow WHERE flow.id = OLD.flow_id
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_pool WHERE work_pool.name = OLD.work_pool_name
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-queue.' || work_queue.id || '"'
                    || ',"pacc.resource.role":' || '"work-queue"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_queue.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id
                WHERE work_pool.name = OLD.work_pool_name AND work_queue.name = OLD.work_queue_name
            )
        ),
        NULL
    );
END;

-- Work pools and their queues.
CREATE TRIGGER event_of_work_pool_created
AFTER INSERT ON work_pool
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.work-pool.created',
        'pacc.work-pool.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(NEW.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-pool"' || '}',
        NULL,
        NULL
    );
END;

CREATE TRIGGER event_of_work_pool_updated
AFTER UPDATE ON work_pool
WHEN NEW.name IS NOT OLD.name OR NEW.type IS NOT OLD.type OR NEW.description IS NOT OLD.description OR NEW.base_job_template IS NOT OLD.base_job_template OR NEW.concurrency_limit IS NOT OLD.concurrency_limit
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.work-pool.updated',
        'pacc.work-pool.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(NEW.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-pool"' || '}',
        NULL,
        '{"updated_fields":[' || substr(CASE WHEN OLD.name IS NOT NEW.name THEN ',"name"' ELSE '' END
            || CASE WHEN OLD.type IS NOT NEW.type THEN ',"type"' ELSE '' END
            || CASE WHEN OLD.description IS NOT NEW.description THEN ',"description"' ELSE '' END
            || CASE WHEN OLD.base_job_template IS NOT NEW.base_job_template THEN ',"base_job_template"' ELSE '' END
            || CASE WHEN OLD.concurrency_limit IS NOT NEW.concurrency_limit THEN ',"concurrency_limit"' ELSE '' END, 2)
            || '],"updates":{' || substr(CASE
                WHEN OLD.name IS NOT NEW.name
                    THEN ',"name":{"from":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                        || ',"to":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.type IS NOT NEW.type
                    THEN ',"type":{"from":' || coalesce('"' || replace(replace(replace(OLD.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                        || ',"to":' || coalesce('"' || replace(replace(replace(NEW.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.description IS NOT NEW.description
                    THEN ',"description":{"from":' || coalesce('"' || replace(replace(replace(OLD.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                        || ',"to":' || coalesce('"' || replace(replace(replace(NEW.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.concurrency_limit IS NOT NEW.concurrency_limit
                    THEN ',"concurrency_limit":{"from":' || coalesce(OLD.concurrency_limit, 'null')
                        || ',"to":' || coalesce(NEW.concurrency_limit, 'null') || '}'
                ELSE ''
            END, 2)
            || '}}'
    );
END;

CREATE TRIGGER event_of_work_pool_deleted
AFTER DELETE ON work_pool
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.work-pool.deleted',
        'pacc.work-pool.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(OLD.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-pool"' || '}',
        NULL,
        NULL
    );
END;

CREATE TRIGGER event_of_work_queue_created
AFTER INSERT ON work_queue
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.work-queue.created',
        'pacc.work-queue.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-queue"' || '}',
        (
            SELECT '[' || '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' || ']'
            FROM work_pool WHERE work_pool.id = NEW.work_pool_id
        ),
        NULL
    );
END;

CREATE TRIGGER event_of_work_queue_updated
AFTER UPDATE ON work_queue
WHEN NEW.name IS NOT OLD.name OR NEW.description IS NOT OLD.description OR NEW.priority IS NOT OLD.priority OR NEW.concurrency_limit IS NOT OLD.concurrency_limit
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.work-queue.updated',
        'pacc.work-queue.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-queue"' || '}',
        (
            SELECT '[' || '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' || ']'
            FROM work_pool WHERE work_pool.id = NEW.work_pool_id
        ),
        '{"updated_fields":[' || substr(CASE WHEN OLD.name IS NOT NEW.name THEN ',"name"' ELSE '' END
            || CASE WHEN OLD.description IS NOT NEW.description THEN ',"description"' ELSE '' END
            || CASE WHEN OLD.priority IS NOT NEW.priority THEN ',"priority"' ELSE '' END
            || CASE WHEN OLD.concurrency_limit IS NOT NEW.concurrency_limit THEN ',"concurrency_limit"' ELSE '' END, 2)
            || '],"updates":{' || substr(CASE
                WHEN OLD.name IS NOT NEW.name
                    THEN ',"name":{"from":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                        || ',"to":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.description IS NOT NEW.description
                    THEN ',"description":{"from":' || coalesce('"' || replace(replace(replace(OLD.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                        || ',"to":' || coalesce('"' || replace(replace(replace(NEW.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.priority IS NOT NEW.priority
                    THEN ',"priority":{"from":' || coalesce(OLD.priority, 'null')
                        || ',"to":' || coalesce(NEW.priority, 'null') || '}'
                ELSE ''
            END
            || CASE
                WHEN OLD.concurrency_limit IS NOT NEW.concurrency_limit
                    THEN ',"concurrency_limit":{"from":' || coalesce(OLD.concurrency_limit, 'null')
                        || ',"to":' || coalesce(NEW.concurrency_limit, 'null') || '}'
                ELSE ''
            END, 2)
            || '}}'
    );
END;

CREATE TRIGGER event_of_work_queue_deleted
AFTER DELETE ON work_queue
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.work-queue.deleted',
        'pacc.work-queue.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-queue"' || '}',
        (
            SELECT '[' || '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' || ']'
            FROM work_pool WHERE work_pool.id = OLD.work_pool_id
        ),
        NULL
    );
END;

-- Pools, queues and deployments that somebody takes care of, or nobody does any more.
CREATE TRIGGER event_of_work_pool_status
AFTER UPDATE OF is_paused ON work_pool
WHEN NEW.is_paused <> OLD.is_paused
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        CASE
            WHEN NEW.is_paused THEN 'pacc.work-pool.paused'
            WHEN EXISTS (SELECT 1 FROM worker WHERE worker.work_pool_id = NEW.id) THEN 'pacc.work-pool.ready'
            ELSE 'pacc.work-pool.not-ready'
        END,
        'pacc.work-pool.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(NEW.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-pool"' || '}',
        NULL,
        NULL
    );
END;

CREATE TRIGGER event_of_work_queue_status
AFTER UPDATE OF is_paused, last_polled ON work_queue
WHEN NEW.is_paused <> OLD.is_paused OR (OLD.last_polled IS NULL AND NEW.last_polled IS NOT NULL)
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(NEW.updated, coalesce(NEW.last_polled, 0)),
        CASE
            WHEN NEW.is_paused THEN 'pacc.work-queue.paused'
            WHEN NEW.last_polled IS NULL THEN 'pacc.work-queue.not-ready'
            ELSE 'pacc.work-queue.ready'
        END,
        'pacc.work-queue.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-queue"' || '}',
        (
            SELECT '[' || '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' || ']'
            FROM work_pool WHERE work_pool.id = NEW.work_pool_id
        ),
        NULL
    );
END;

CREATE TRIGGER event_of_serving_begun
AFTER INSERT ON serving
WHEN NOT EXISTS (
    SELECT 1 FROM serving WHERE serving.deployment_id = NEW.deployment_id AND serving.session <> NEW.session
)
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        NEW.since,
        'pacc.deployment.ready',
        'pacc.deployment.' || deployment.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(deployment.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || group_concat(each, ',') || ']'
            FROM (
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.flow.' || flow.id || '"'
                    || ',"pacc.resource.role":' || '"flow"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(flow.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' AS each
                FROM flow WHERE flow.id = deployment.flow_id
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_pool WHERE work_pool.name = deployment.work_pool_name
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-queue.' || work_queue.id || '"'
                    || ',"pacc.resource.role":' || '"work-queue"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_queue.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id
                WHERE work_pool.name = deployment.work_pool_name AND work_queue.name = deployment.work_queue_name
            )
        ),
        NULL
    FROM deployment WHERE deployment.id = NEW.deployment_id;
END;

CREATE TRIGGER event_of_serving_ended
AFTER DELETE ON serving
WHEN NOT EXISTS (SELECT 1 FROM serving WHERE serving.deployment_id = OLD.deployment_id)
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        max(OLD.since, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.deployment.not-ready',
        'pacc.deployment.' || deployment.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(deployment.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || group_concat(each, ',') || ']'
            FROM (
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.flow.' || flow.id || '"'
                    || ',"pacc.resource.role":' || '"flow"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(flow.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' AS each
                FROM flow WHERE flow.id = deployment.flow_id
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_pool WHERE work_pool.name = deployment.work_pool_name
                UNION ALL
                SELECT '{"pacc.resource.id":' || '"' || 'pacc.work-queue.' || work_queue.id || '"'
                    || ',"pacc.resource.role":' || '"work-queue"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_queue.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                FROM work_queue JOIN work_pool ON work_pool.id = work_queue.work_pool_id
                WHERE work_pool.name = deployment.work_pool_name AND work_queue.name = deployment.work_queue_name
            )
        ),
        NULL
    FROM deployment WHERE deployment.id = OLD.deployment_id;
END;

-- Workers that begin and end.
CREATE TRIGGER event_of_worker_started
AFTER INSERT ON worker
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        NEW.last_heartbeat,
        'pacc.worker.started',
        'pacc.worker.' || work_pool.type || '.' || replace(lower(NEW.name), ' ', '-'),
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.worker-type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        '[' || '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' || ']',
        NULL
    FROM work_pool WHERE work_pool.id = NEW.work_pool_id;
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        NEW.last_heartbeat,
        'pacc.work-pool.ready',
        'pacc.work-pool.' || work_pool.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-pool"' || '}',
        NULL,
        NULL
    FROM work_pool
    WHERE work_pool.id = NEW.work_pool_id AND NOT work_pool.is_paused
        AND NOT EXISTS (SELECT 1 FROM worker WHERE worker.work_pool_id = NEW.work_pool_id AND worker.id <> NEW.id);
END;

CREATE TRIGGER event_of_worker_restarted
AFTER UPDATE OF session ON worker
WHEN NEW.session IS NOT OLD.session
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        NEW.last_heartbeat,
        'pacc.worker.started',
        'pacc.worker.' || work_pool.type || '.' || replace(lower(NEW.name), ' ', '-'),
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.worker-type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        '[' || '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' || ']',
        NULL
    FROM work_pool WHERE work_pool.id = NEW.work_pool_id;
END;

CREATE TRIGGER event_of_worker_stopped
AFTER DELETE ON worker
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        max(OLD.last_heartbeat, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.worker.stopped',
        'pacc.worker.' || work_pool.type || '.' || replace(lower(OLD.name), ' ', '-'),
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.worker-type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        '[' || '{"pacc.resource.id":' || '"' || 'pacc.work-pool.' || work_pool.id || '"'
                    || ',"pacc.resource.role":' || '"work-pool"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
                    || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}' || ']',
        NULL
    FROM work_pool WHERE work_pool.id = OLD.work_pool_id;
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        max(OLD.last_heartbeat, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.work-pool.not-ready',
        'pacc.work-pool.' || work_pool.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(work_pool.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.work-pool.type":' || coalesce('"' || replace(replace(replace(work_pool.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"pacc.resource.role":' || '"work-pool"' || '}',
        NULL,
        NULL
    FROM work_pool
    WHERE work_pool.id = OLD.work_pool_id AND NOT work_pool.is_paused
        AND NOT EXISTS (SELECT 1 FROM worker WHERE worker.work_pool_id = OLD.work_pool_id);
END;

-- Concurrency limits, and what is taken of them.
CREATE TRIGGER event_of_concurrency_limit_created
AFTER INSERT ON concurrency_limit
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.concurrency-limit.created',
        'pacc.concurrency-limit.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"limit":' || NEW.slots
            || ',"active":' || NEW.active
            || ',"slot_decay_per_second":' || NEW.slot_decay_per_second || '}'
    );
END;

CREATE TRIGGER event_of_concurrency_limit_updated
AFTER UPDATE ON concurrency_limit
WHEN NEW.slots IS NOT OLD.slots OR NEW.active IS NOT OLD.active OR NEW.name IS NOT OLD.name
    OR NEW.slot_decay_per_second IS NOT OLD.slot_decay_per_second
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.concurrency-limit.updated',
        'pacc.concurrency-limit.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"limit":' || NEW.slots
            || ',"active":' || NEW.active
            || ',"slot_decay_per_second":' || NEW.slot_decay_per_second || '}'
    );
END;

CREATE TRIGGER event_of_concurrency_limit_deleted
AFTER DELETE ON concurrency_limit
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.concurrency-limit.deleted',
        'pacc.concurrency-limit.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"limit":' || OLD.slots
            || ',"active":' || OLD.active
            || ',"slot_decay_per_second":' || OLD.slot_decay_per_second || '}'
    );
END;

CREATE TRIGGER event_of_concurrency_slot_acquired
AFTER INSERT ON concurrency_slot
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        NEW.since,
        'pacc.concurrency-limit.acquired',
        'pacc.concurrency-limit.' || concurrency_limit.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(concurrency_limit.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"slots-acquired":' || '"' || NEW.slots || '"'
            || ',"limit":' || '"' || concurrency_limit.slots || '"' || '}',
        '[{"pacc.resource.id":"pacc.' || replace(NEW.holder_type, '_', '-') || '.' || NEW.holder_id
            || '","pacc.resource.role":"' || replace(NEW.holder_type, '_', '-') || '"}]',
        NULL
    FROM concurrency_limit WHERE concurrency_limit.id = NEW.limit_id;
END;

CREATE TRIGGER event_of_concurrency_slot_released
AFTER DELETE ON concurrency_slot
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        max(OLD.since, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.concurrency-limit.released',
        'pacc.concurrency-limit.' || concurrency_limit.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(concurrency_limit.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"slots-acquired":' || '"' || OLD.slots || '"'
            || ',"limit":' || '"' || concurrency_limit.slots || '"' || '}',
        '[{"pacc.resource.id":"pacc.' || replace(OLD.holder_type, '_', '-') || '.' || OLD.holder_id
            || '","pacc.resource.role":"' || replace(OLD.holder_type, '_', '-') || '"}]',
        NULL
    FROM concurrency_limit WHERE concurrency_limit.id = OLD.limit_id;
END;

-- Artifacts, and the versions of a key, which are known by it.
CREATE TRIGGER event_of_artifact_created
AFTER INSERT ON artifact
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.artifact.created',
        'pacc.artifact.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(coalesce(NEW.key, NEW.id), char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || group_concat('{"pacc.resource.id":' || id || ',"pacc.resource.role":"' || role || '"}', ',') || ']'
            FROM (
                SELECT '"pacc.flow-run.' || NEW.flow_run_id || '"' AS id, 'flow-run' AS role WHERE NEW.flow_run_id IS NOT NULL
                UNION ALL
                SELECT '"pacc.task-run.' || NEW.task_run_id || '"', 'task-run' WHERE NEW.task_run_id IS NOT NULL
            )
        ),
        '{"key":' || coalesce('"' || replace(replace(replace(NEW.key, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"type":' || coalesce('"' || replace(replace(replace(NEW.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"description":' || coalesce('"' || replace(replace(replace(NEW.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
    );
END;

CREATE TRIGGER event_of_artifact_updated
AFTER UPDATE ON artifact
WHEN NEW.data IS NOT OLD.data OR NEW.description IS NOT OLD.description OR NEW.metadata IS NOT OLD.metadata
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.artifact.updated',
        'pacc.artifact.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(coalesce(NEW.key, NEW.id), char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || group_concat('{"pacc.resource.id":' || id || ',"pacc.resource.role":"' || role || '"}', ',') || ']'
            FROM (
                SELECT '"pacc.flow-run.' || NEW.flow_run_id || '"' AS id, 'flow-run' AS role WHERE NEW.flow_run_id IS NOT NULL
                UNION ALL
                SELECT '"pacc.task-run.' || NEW.task_run_id || '"', 'task-run' WHERE NEW.task_run_id IS NOT NULL
            )
        ),
        '{"key":' || coalesce('"' || replace(replace(replace(NEW.key, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"type":' || coalesce('"' || replace(replace(replace(NEW.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"description":' || coalesce('"' || replace(replace(replace(NEW.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
    );
END;

CREATE TRIGGER event_of_artifact_deleted
AFTER DELETE ON artifact
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.artifact.deleted',
        'pacc.artifact.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(coalesce(OLD.key, OLD.id), char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || group_concat('{"pacc.resource.id":' || id || ',"pacc.resource.role":"' || role || '"}', ',') || ']'
            FROM (
                SELECT '"pacc.flow-run.' || OLD.flow_run_id || '"' AS id, 'flow-run' AS role WHERE OLD.flow_run_id IS NOT NULL
                UNION ALL
                SELECT '"pacc.task-run.' || OLD.task_run_id || '"', 'task-run' WHERE OLD.task_run_id IS NOT NULL
            )
        ),
        '{"key":' || coalesce('"' || replace(replace(replace(OLD.key, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"type":' || coalesce('"' || replace(replace(replace(OLD.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"description":' || coalesce('"' || replace(replace(replace(OLD.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
    );
END;

CREATE TRIGGER event_of_artifact_collection
AFTER INSERT ON artifact
WHEN NEW.key IS NOT NULL
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        CASE
            WHEN EXISTS (SELECT 1 FROM artifact WHERE artifact.key = NEW.key AND artifact.id <> NEW.id)
                THEN 'pacc.artifact-collection.updated'
            ELSE 'pacc.artifact-collection.created'
        END,
        'pacc.artifact-collection.' || NEW.key,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.key, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        '[{"pacc.resource.id":"pacc.artifact.' || NEW.id || '","pacc.resource.role":"latest"}]',
        '{"key":' || coalesce('"' || replace(replace(replace(NEW.key, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"type":' || coalesce('"' || replace(replace(replace(NEW.type, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"description":' || coalesce('"' || replace(replace(replace(NEW.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
    );
END;

CREATE TRIGGER event_of_artifact_collection_deleted
AFTER DELETE ON artifact
WHEN OLD.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM artifact WHERE artifact.key = OLD.key)
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.artifact-collection.deleted',
        'pacc.artifact-collection.' || OLD.key,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.key, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"key":' || coalesce('"' || replace(replace(replace(OLD.key, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
    );
END;

-- Assets that were made anew, or were to be, and what they were made of.
CREATE TRIGGER event_of_asset_materialization
AFTER INSERT ON asset_materialization
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        NEW.occurred,
        CASE WHEN NEW.succeeded THEN 'pacc.asset.materialization.succeeded' ELSE 'pacc.asset.materialization.failed' END,
        asset.key,
        '{' || substr(coalesce(',"pacc.resource.name":' || nullif(coalesce('"' || replace(replace(replace(asset.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null'), 'null'), '')
            || coalesce(',"pacc.asset.description":' || nullif(coalesce('"' || replace(replace(replace(asset.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null'), 'null'), '')
            || coalesce(',"pacc.asset.url":' || nullif(coalesce('"' || replace(replace(replace(asset.url, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null'), 'null'), '')
            || coalesce(',"pacc.asset.owners":' || nullif(coalesce('"' || replace(replace(replace(asset.owners, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null'), 'null'), ''), 2) || '}',
        (
            SELECT '[' || group_concat('{"pacc.resource.id":' || id || ',"pacc.resource.role":"' || role || '"}', ',') || ']'
            FROM (
                SELECT coalesce('"' || replace(replace(replace(value, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') AS id, 'asset' AS role FROM json_each(NEW.upstream)
                UNION ALL
                SELECT coalesce('"' || replace(replace(replace(NEW.materialized_by, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null'), 'asset-materialized-by' WHERE NEW.materialized_by IS NOT NULL
                UNION ALL
                SELECT '"pacc.flow-run.' || NEW.flow_run_id || '"' AS id, 'flow-run' AS role WHERE NEW.flow_run_id IS NOT NULL
                UNION ALL
                SELECT '"pacc.task-run.' || NEW.task_run_id || '"', 'task-run' WHERE NEW.task_run_id IS NOT NULL
            )
        ),
        NEW.metadata
    FROM asset WHERE asset.key = NEW.asset_key;
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    SELECT
        NEW.occurred,
        'pacc.asset.referenced',
        upstream.value,
        NULL,
        (
            SELECT '[' || group_concat('{"pacc.resource.id":' || id || ',"pacc.resource.role":"' || role || '"}', ',') || ']'
            FROM (
                SELECT '"pacc.flow-run.' || NEW.flow_run_id || '"' AS id, 'flow-run' AS role WHERE NEW.flow_run_id IS NOT NULL
                UNION ALL
                SELECT '"pacc.task-run.' || NEW.task_run_id || '"', 'task-run' WHERE NEW.task_run_id IS NOT NULL
            )
        ),
        NULL
    FROM json_each(NEW.upstream) AS upstream;
END;

-- Blocks; what is in one is not told.
CREATE TRIGGER event_of_block_type_created
AFTER INSERT ON block_type
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.block-type.created',
        'pacc.block-type.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"slug":' || coalesce('"' || replace(replace(replace(NEW.slug, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"description":' || coalesce('"' || replace(replace(replace(NEW.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"is_protected":' || CASE WHEN NEW.is_protected THEN 'true' ELSE 'false' END || '}'
    );
END;

CREATE TRIGGER event_of_block_type_updated
AFTER UPDATE ON block_type
WHEN NEW.name IS NOT OLD.name OR NEW.description IS NOT OLD.description OR NEW.logo_url IS NOT OLD.logo_url
    OR NEW.documentation_url IS NOT OLD.documentation_url OR NEW.code_example IS NOT OLD.code_example
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.block-type.updated',
        'pacc.block-type.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"slug":' || coalesce('"' || replace(replace(replace(NEW.slug, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"description":' || coalesce('"' || replace(replace(replace(NEW.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"is_protected":' || CASE WHEN NEW.is_protected THEN 'true' ELSE 'false' END || '}'
    );
END;

CREATE TRIGGER event_of_block_type_deleted
AFTER DELETE ON block_type
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.block-type.deleted',
        'pacc.block-type.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        NULL,
        '{"name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"slug":' || coalesce('"' || replace(replace(replace(OLD.slug, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"description":' || coalesce('"' || replace(replace(replace(OLD.description, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null')
            || ',"is_protected":' || CASE WHEN OLD.is_protected THEN 'true' ELSE 'false' END || '}'
    );
END;

CREATE TRIGGER event_of_block_document_created
AFTER INSERT ON block_document
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.created,
        'pacc.block-document.created',
        'pacc.block-document.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || '{"pacc.resource.id":' || '"' || 'pacc.block-type.' || block_type.slug || '"'
                    || ',"pacc.resource.role":' || '"block-type"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(block_type.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                || ',' || '{"pacc.resource.id":' || '"' || 'pacc.block-schema.' || NEW.block_schema_id || '"'
                    || ',"pacc.resource.role":' || '"block-schema"' || '}' || ']'
            FROM block_type WHERE block_type.id = NEW.block_type_id
        ),
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
    );
END;

CREATE TRIGGER event_of_block_document_updated
AFTER UPDATE ON block_document
WHEN NEW.updated > OLD.updated
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        NEW.updated,
        'pacc.block-document.updated',
        'pacc.block-document.' || NEW.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || '{"pacc.resource.id":' || '"' || 'pacc.block-type.' || block_type.slug || '"'
                    || ',"pacc.resource.role":' || '"block-type"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(block_type.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                || ',' || '{"pacc.resource.id":' || '"' || 'pacc.block-schema.' || NEW.block_schema_id || '"'
                    || ',"pacc.resource.role":' || '"block-schema"' || '}' || ']'
            FROM block_type WHERE block_type.id = NEW.block_type_id
        ),
        '{"name":' || coalesce('"' || replace(replace(replace(NEW.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
    );
END;

CREATE TRIGGER event_of_block_document_deleted
AFTER DELETE ON block_document
BEGIN
    INSERT INTO event (occurred, event, resource_id, resource, related, payload)
    VALUES (
        max(OLD.updated, CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)),
        'pacc.block-document.deleted',
        'pacc.block-document.' || OLD.id,
        '{"pacc.resource.name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}',
        (
            SELECT '[' || '{"pacc.resource.id":' || '"' || 'pacc.block-type.' || block_type.slug || '"'
                    || ',"pacc.resource.role":' || '"block-type"'
                    || ',"pacc.resource.name":' || coalesce('"' || replace(replace(replace(block_type.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
                || ',' || '{"pacc.resource.id":' || '"' || 'pacc.block-schema.' || OLD.block_schema_id || '"'
                    || ',"pacc.resource.role":' || '"block-schema"' || '}' || ']'
            FROM block_type WHERE block_type.id = OLD.block_type_id
        ),
        '{"name":' || coalesce('"' || replace(replace(replace(OLD.name, char(92), '\\'), '"', '\"'), char(10), '\n') || '"', 'null') || '}'
    );
END;
