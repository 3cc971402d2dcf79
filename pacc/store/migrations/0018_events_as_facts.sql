-- Reading the schema is half of what opening the store costs, and most of it was triggers of events that put JSON together. Now they
-- write down what they know as it is, in facts, and whoever reads an event puts it into words. Rows from before say it in words.

ALTER TABLE event ADD COLUMN facts TEXT;

DROP TRIGGER event_of_variable_created;
DROP TRIGGER event_of_variable_updated;
DROP TRIGGER event_of_variable_deleted;
DROP TRIGGER event_of_flow_created;
DROP TRIGGER event_of_flow_updated;
DROP TRIGGER event_of_flow_deleted;
DROP TRIGGER event_of_deployment_created;
DROP TRIGGER event_of_deployment_updated;
DROP TRIGGER event_of_deployment_deleted;
DROP TRIGGER event_of_work_pool_created;
DROP TRIGGER event_of_work_pool_updated;
DROP TRIGGER event_of_work_pool_deleted;
DROP TRIGGER event_of_work_queue_created;
DROP TRIGGER event_of_work_queue_updated;
DROP TRIGGER event_of_work_queue_deleted;
DROP TRIGGER event_of_work_pool_status;
DROP TRIGGER event_of_work_queue_status;
DROP TRIGGER event_of_serving_begun;
DROP TRIGGER event_of_serving_ended;
DROP TRIGGER event_of_worker_started;
DROP TRIGGER event_of_worker_restarted;
DROP TRIGGER event_of_worker_stopped;
DROP TRIGGER event_of_concurrency_limit_created;
DROP TRIGGER event_of_concurrency_limit_updated;
DROP TRIGGER event_of_concurrency_limit_deleted;
DROP TRIGGER event_of_concurrency_slot_acquired;
DROP TRIGGER event_of_concurrency_slot_released;
DROP TRIGGER event_of_artifact_created;
DROP TRIGGER event_of_artifact_updated;
DROP TRIGGER event_of_artifact_deleted;
DROP TRIGGER event_of_artifact_collection;
DROP TRIGGER event_of_artifact_collection_deleted;
DROP TRIGGER event_of_asset_materialization;
DROP TRIGGER event_of_block_type_created;
DROP TRIGGER event_of_block_type_updated;
DROP TRIGGER event_of_block_type_deleted;
DROP TRIGGER event_of_block_document_created;
DROP TRIGGER event_of_block_document_updated;
DROP TRIGGER event_of_block_document_deleted;
DROP TRIGGER event_of_automation_created;
DROP TRIGGER event_of_automation_updated;
DROP TRIGGER event_of_automation_deleted;
DROP TRIGGER event_of_webhook_created;
DROP TRIGGER event_of_webhook_updated;
DROP TRIGGER event_of_webhook_deleted;

-- When something is deleted, in microseconds as all times. In the millisecond it was changed in, that is after the change.
CREATE VIEW this_moment AS
SELECT CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER) AS now;

-- Variables.
CREATE TRIGGER event_of_variable_created
AFTER INSERT ON variable
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (NEW.created, 'pacc.variable.created', 'pacc.variable.' || NEW.id, printf('%Q,%Q,%Q', NEW.name, NEW.value, NEW.tags));
END;

CREATE TRIGGER event_of_variable_updated
AFTER UPDATE ON variable
WHEN NEW.updated > OLD.updated OR NEW.value IS NOT OLD.value OR NEW.tags IS NOT OLD.tags
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (NEW.updated, 'pacc.variable.updated', 'pacc.variable.' || NEW.id, printf('%Q,%Q,%Q', NEW.name, NEW.value, NEW.tags));
END;

CREATE TRIGGER event_of_variable_deleted
AFTER DELETE ON variable
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.variable.deleted',
        'pacc.variable.' || OLD.id,
        printf('%Q,%Q,%Q', OLD.name, OLD.value, OLD.tags)
    );
END;

-- Flows; that one was called again is nothing new about it.
CREATE TRIGGER event_of_flow_created
AFTER INSERT ON flow
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (NEW.created, 'pacc.flow.created', 'pacc.flow.' || NEW.id, printf('%Q,%Q,%Q', NEW.name, NEW.tags, NEW.labels));
END;

CREATE TRIGGER event_of_flow_updated
AFTER UPDATE ON flow
WHEN NEW.tags IS NOT OLD.tags OR NEW.labels IS NOT OLD.labels
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (NEW.updated, 'pacc.flow.updated', 'pacc.flow.' || NEW.id, printf('%Q,%Q,%Q', NEW.name, NEW.tags, NEW.labels));
END;

CREATE TRIGGER event_of_flow_deleted
AFTER DELETE ON flow
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.flow.deleted',
        'pacc.flow.' || OLD.id,
        printf('%Q,%Q,%Q', OLD.name, OLD.tags, OLD.labels)
    );
END;

-- Deployments; that one was saved again as it was is nothing new. What it passes to its runs is not told.
CREATE VIEW deployment_facts AS
SELECT
    deployment.id,
    printf(
        '%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q', deployment.name, flow.id, flow.name,
        work_pool.id, work_pool.name, work_pool.type, work_queue.id, work_queue.name
    ) AS facts
FROM deployment
LEFT JOIN flow ON flow.id = deployment.flow_id
LEFT JOIN work_pool ON work_pool.name = deployment.work_pool_name
LEFT JOIN work_queue ON work_queue.work_pool_id = work_pool.id AND work_queue.name = deployment.work_queue_name;

CREATE TRIGGER event_of_deployment_created
AFTER INSERT ON deployment
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT NEW.created, 'pacc.deployment.created', 'pacc.deployment.' || id, facts
    FROM deployment_facts WHERE id = NEW.id;
END;

CREATE TRIGGER event_of_deployment_updated
AFTER UPDATE ON deployment
WHEN
    (NEW.paused, NEW.tags, NEW.parameters, NEW.version, NEW.description, NEW.entrypoint, NEW.path, NEW.pull_steps,
     NEW.work_pool_name, NEW.work_queue_name, NEW.job_variables, NEW.concurrency_limit, NEW.triggers)
    IS NOT
    (OLD.paused, OLD.tags, OLD.parameters, OLD.version, OLD.description, OLD.entrypoint, OLD.path, OLD.pull_steps,
     OLD.work_pool_name, OLD.work_queue_name, OLD.job_variables, OLD.concurrency_limit, OLD.triggers)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        NEW.updated,
        'pacc.deployment.updated',
        'pacc.deployment.' || id,
        facts || printf(
            ',%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',
            OLD.paused, NEW.paused, OLD.version, NEW.version, OLD.work_pool_name, NEW.work_pool_name, OLD.work_queue_name,
            NEW.work_queue_name, OLD.concurrency_limit, NEW.concurrency_limit, NEW.tags IS NOT OLD.tags,
            NEW.parameters IS NOT OLD.parameters, NEW.description IS NOT OLD.description, NEW.entrypoint IS NOT OLD.entrypoint,
            NEW.path IS NOT OLD.path, NEW.pull_steps IS NOT OLD.pull_steps, NEW.job_variables IS NOT OLD.job_variables,
            NEW.triggers IS NOT OLD.triggers
        )
    FROM deployment_facts WHERE id = NEW.id;
END;

CREATE TRIGGER event_of_deployment_deleted
BEFORE DELETE ON deployment
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT max(OLD.updated, (SELECT now FROM this_moment)), 'pacc.deployment.deleted', 'pacc.deployment.' || id, facts
    FROM deployment_facts WHERE id = OLD.id;
END;

-- Work pools and their queues.
CREATE TRIGGER event_of_work_pool_created
AFTER INSERT ON work_pool
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (NEW.created, 'pacc.work-pool.created', 'pacc.work-pool.' || NEW.id, printf('%Q,%Q', NEW.name, NEW.type));
END;

CREATE TRIGGER event_of_work_pool_updated
AFTER UPDATE ON work_pool
WHEN
    (NEW.name, NEW.type, NEW.description, NEW.base_job_template, NEW.concurrency_limit)
    IS NOT
    (OLD.name, OLD.type, OLD.description, OLD.base_job_template, OLD.concurrency_limit)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.updated,
        'pacc.work-pool.updated',
        'pacc.work-pool.' || NEW.id,
        printf(
            '%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',
            NEW.name, NEW.type, OLD.name, NEW.name, OLD.type, NEW.type, OLD.description, NEW.description, OLD.concurrency_limit,
            NEW.concurrency_limit, NEW.base_job_template IS NOT OLD.base_job_template
        )
    );
END;

CREATE TRIGGER event_of_work_pool_deleted
AFTER DELETE ON work_pool
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.work-pool.deleted',
        'pacc.work-pool.' || OLD.id,
        printf('%Q,%Q', OLD.name, OLD.type)
    );
END;

CREATE VIEW work_queue_facts AS
SELECT work_queue.id, printf('%Q,%Q,%Q,%Q', work_queue.name, work_pool.id, work_pool.name, work_pool.type) AS facts
FROM work_queue
LEFT JOIN work_pool ON work_pool.id = work_queue.work_pool_id;

CREATE TRIGGER event_of_work_queue_created
AFTER INSERT ON work_queue
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT NEW.created, 'pacc.work-queue.created', 'pacc.work-queue.' || id, facts
    FROM work_queue_facts WHERE id = NEW.id;
END;

CREATE TRIGGER event_of_work_queue_updated
AFTER UPDATE ON work_queue
WHEN
    (NEW.name, NEW.description, NEW.priority, NEW.concurrency_limit)
    IS NOT
    (OLD.name, OLD.description, OLD.priority, OLD.concurrency_limit)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        NEW.updated,
        'pacc.work-queue.updated',
        'pacc.work-queue.' || id,
        facts || printf(
            ',%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',
            OLD.name, NEW.name, OLD.description, NEW.description, OLD.priority, NEW.priority, OLD.concurrency_limit,
            NEW.concurrency_limit
        )
    FROM work_queue_facts WHERE id = NEW.id;
END;

CREATE TRIGGER event_of_work_queue_deleted
BEFORE DELETE ON work_queue
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT max(OLD.updated, (SELECT now FROM this_moment)), 'pacc.work-queue.deleted', 'pacc.work-queue.' || id, facts
    FROM work_queue_facts WHERE id = OLD.id;
END;

-- Pools, queues and deployments that somebody takes care of, or nobody does any more.
CREATE TRIGGER event_of_work_pool_status
AFTER UPDATE OF is_paused ON work_pool
WHEN NEW.is_paused <> OLD.is_paused
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.updated,
        CASE
            WHEN NEW.is_paused THEN 'pacc.work-pool.paused'
            WHEN EXISTS (SELECT 1 FROM worker WHERE worker.work_pool_id = NEW.id) THEN 'pacc.work-pool.ready'
            ELSE 'pacc.work-pool.not-ready'
        END,
        'pacc.work-pool.' || NEW.id,
        printf('%Q,%Q', NEW.name, NEW.type)
    );
END;

CREATE TRIGGER event_of_work_queue_status
AFTER UPDATE OF is_paused, last_polled ON work_queue
WHEN NEW.is_paused <> OLD.is_paused OR (OLD.last_polled IS NULL AND NEW.last_polled IS NOT NULL)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        max(NEW.updated, coalesce(NEW.last_polled, 0)),
        CASE
            WHEN NEW.is_paused THEN 'pacc.work-queue.paused'
            WHEN NEW.last_polled IS NULL THEN 'pacc.work-queue.not-ready'
            ELSE 'pacc.work-queue.ready'
        END,
        'pacc.work-queue.' || id,
        facts
    FROM work_queue_facts WHERE id = NEW.id;
END;

CREATE TRIGGER event_of_serving_begun
AFTER INSERT ON serving
WHEN NOT EXISTS (
    SELECT 1 FROM serving WHERE serving.deployment_id = NEW.deployment_id AND serving.session <> NEW.session
)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT NEW.since, 'pacc.deployment.ready', 'pacc.deployment.' || id, facts
    FROM deployment_facts WHERE id = NEW.deployment_id;
END;

CREATE TRIGGER event_of_serving_ended
AFTER DELETE ON serving
WHEN NOT EXISTS (SELECT 1 FROM serving WHERE serving.deployment_id = OLD.deployment_id)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT max(OLD.since, (SELECT now FROM this_moment)), 'pacc.deployment.not-ready', 'pacc.deployment.' || id, facts
    FROM deployment_facts WHERE id = OLD.deployment_id;
END;

-- Workers that begin and end.
CREATE TRIGGER event_of_worker_started
AFTER INSERT ON worker
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        NEW.last_heartbeat,
        'pacc.worker.started',
        'pacc.worker.' || type || '.' || replace(lower(NEW.name), ' ', '-'),
        printf('%Q,%Q,%Q,%Q', NEW.name, type, id, name)
    FROM work_pool WHERE id = NEW.work_pool_id;
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT NEW.last_heartbeat, 'pacc.work-pool.ready', 'pacc.work-pool.' || id, printf('%Q,%Q', name, type)
    FROM work_pool
    WHERE id = NEW.work_pool_id AND NOT is_paused
        AND NOT EXISTS (SELECT 1 FROM worker WHERE worker.work_pool_id = NEW.work_pool_id AND worker.id <> NEW.id);
END;

CREATE TRIGGER event_of_worker_restarted
AFTER UPDATE OF session ON worker
WHEN NEW.session IS NOT OLD.session
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        NEW.last_heartbeat,
        'pacc.worker.started',
        'pacc.worker.' || type || '.' || replace(lower(NEW.name), ' ', '-'),
        printf('%Q,%Q,%Q,%Q', NEW.name, type, id, name)
    FROM work_pool WHERE id = NEW.work_pool_id;
END;

CREATE TRIGGER event_of_worker_stopped
AFTER DELETE ON worker
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        max(OLD.last_heartbeat, (SELECT now FROM this_moment)),
        'pacc.worker.stopped',
        'pacc.worker.' || type || '.' || replace(lower(OLD.name), ' ', '-'),
        printf('%Q,%Q,%Q,%Q', OLD.name, type, id, name)
    FROM work_pool WHERE id = OLD.work_pool_id;
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        max(OLD.last_heartbeat, (SELECT now FROM this_moment)),
        'pacc.work-pool.not-ready',
        'pacc.work-pool.' || id,
        printf('%Q,%Q', name, type)
    FROM work_pool
    WHERE id = OLD.work_pool_id AND NOT is_paused
        AND NOT EXISTS (SELECT 1 FROM worker WHERE worker.work_pool_id = OLD.work_pool_id);
END;

-- Concurrency limits, and what is taken of them.
CREATE TRIGGER event_of_concurrency_limit_created
AFTER INSERT ON concurrency_limit
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.created,
        'pacc.concurrency-limit.created',
        'pacc.concurrency-limit.' || NEW.id,
        printf('%Q,%Q,%Q,%Q', NEW.name, NEW.slots, NEW.active, NEW.slot_decay_per_second)
    );
END;

CREATE TRIGGER event_of_concurrency_limit_updated
AFTER UPDATE ON concurrency_limit
WHEN (NEW.slots, NEW.active, NEW.name, NEW.slot_decay_per_second) IS NOT (OLD.slots, OLD.active, OLD.name, OLD.slot_decay_per_second)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.updated,
        'pacc.concurrency-limit.updated',
        'pacc.concurrency-limit.' || NEW.id,
        printf('%Q,%Q,%Q,%Q', NEW.name, NEW.slots, NEW.active, NEW.slot_decay_per_second)
    );
END;

CREATE TRIGGER event_of_concurrency_limit_deleted
AFTER DELETE ON concurrency_limit
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.concurrency-limit.deleted',
        'pacc.concurrency-limit.' || OLD.id,
        printf('%Q,%Q,%Q,%Q', OLD.name, OLD.slots, OLD.active, OLD.slot_decay_per_second)
    );
END;

CREATE TRIGGER event_of_concurrency_slot_acquired
AFTER INSERT ON concurrency_slot
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        NEW.since,
        'pacc.concurrency-limit.acquired',
        'pacc.concurrency-limit.' || id,
        printf('%Q,%Q,%Q,%Q,%Q', name, NEW.slots, slots, NEW.holder_type, NEW.holder_id)
    FROM concurrency_limit WHERE id = NEW.limit_id;
END;

CREATE TRIGGER event_of_concurrency_slot_released
AFTER DELETE ON concurrency_slot
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        max(OLD.since, (SELECT now FROM this_moment)),
        'pacc.concurrency-limit.released',
        'pacc.concurrency-limit.' || id,
        printf('%Q,%Q,%Q,%Q,%Q', name, OLD.slots, slots, OLD.holder_type, OLD.holder_id)
    FROM concurrency_limit WHERE id = OLD.limit_id;
END;

-- Artifacts, and the versions of a key, which are known by it.
CREATE TRIGGER event_of_artifact_created
AFTER INSERT ON artifact
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.created,
        'pacc.artifact.created',
        'pacc.artifact.' || NEW.id,
        printf('%Q,%Q,%Q,%Q,%Q', NEW.key, NEW.type, NEW.description, NEW.flow_run_id, NEW.task_run_id)
    );
END;

CREATE TRIGGER event_of_artifact_updated
AFTER UPDATE ON artifact
WHEN NEW.data IS NOT OLD.data OR NEW.description IS NOT OLD.description OR NEW.metadata IS NOT OLD.metadata
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.updated,
        'pacc.artifact.updated',
        'pacc.artifact.' || NEW.id,
        printf('%Q,%Q,%Q,%Q,%Q', NEW.key, NEW.type, NEW.description, NEW.flow_run_id, NEW.task_run_id)
    );
END;

CREATE TRIGGER event_of_artifact_deleted
AFTER DELETE ON artifact
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.artifact.deleted',
        'pacc.artifact.' || OLD.id,
        printf('%Q,%Q,%Q,%Q,%Q', OLD.key, OLD.type, OLD.description, OLD.flow_run_id, OLD.task_run_id)
    );
END;

CREATE TRIGGER event_of_artifact_collection
AFTER INSERT ON artifact
WHEN NEW.key IS NOT NULL
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.created,
        CASE
            WHEN EXISTS (SELECT 1 FROM artifact WHERE artifact.key = NEW.key AND artifact.id <> NEW.id)
                THEN 'pacc.artifact-collection.updated'
            ELSE 'pacc.artifact-collection.created'
        END,
        'pacc.artifact-collection.' || NEW.key,
        printf('%Q,%Q,%Q,%Q', NEW.key, NEW.type, NEW.description, NEW.id)
    );
END;

CREATE TRIGGER event_of_artifact_collection_deleted
AFTER DELETE ON artifact
WHEN OLD.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM artifact WHERE artifact.key = OLD.key)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.artifact-collection.deleted',
        'pacc.artifact-collection.' || OLD.key,
        printf('%Q', OLD.key)
    );
END;

-- Assets that were made anew, or were to be, and what they were made of.
CREATE TRIGGER event_of_asset_materialization
AFTER INSERT ON asset_materialization
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT
        NEW.occurred,
        CASE WHEN NEW.succeeded THEN 'pacc.asset.materialization.succeeded' ELSE 'pacc.asset.materialization.failed' END,
        key,
        printf(
            '%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',
            name, description, url, owners, NEW.upstream, NEW.materialized_by, NEW.metadata, NEW.flow_run_id, NEW.task_run_id
        )
    FROM asset WHERE key = NEW.asset_key;
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT NEW.occurred, 'pacc.asset.referenced', value, printf('%Q,%Q', NEW.flow_run_id, NEW.task_run_id)
    FROM json_each(NEW.upstream);
END;

-- Blocks; what is in one is not told.
CREATE TRIGGER event_of_block_type_created
AFTER INSERT ON block_type
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.created,
        'pacc.block-type.created',
        'pacc.block-type.' || NEW.id,
        printf('%Q,%Q,%Q,%Q', NEW.name, NEW.slug, NEW.description, NEW.is_protected)
    );
END;

CREATE TRIGGER event_of_block_type_updated
AFTER UPDATE ON block_type
WHEN (NEW.name, NEW.description, NEW.logo_url, NEW.documentation_url, NEW.code_example) IS NOT (OLD.name, OLD.description, OLD.logo_url, OLD.documentation_url, OLD.code_example)
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.updated,
        'pacc.block-type.updated',
        'pacc.block-type.' || NEW.id,
        printf('%Q,%Q,%Q,%Q', NEW.name, NEW.slug, NEW.description, NEW.is_protected)
    );
END;

CREATE TRIGGER event_of_block_type_deleted
AFTER DELETE ON block_type
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.block-type.deleted',
        'pacc.block-type.' || OLD.id,
        printf('%Q,%Q,%Q,%Q', OLD.name, OLD.slug, OLD.description, OLD.is_protected)
    );
END;

CREATE VIEW block_document_facts AS
SELECT
    block_document.id,
    printf('%Q,%Q,%Q,%Q', block_document.name, block_type.slug, block_type.name, block_document.block_schema_id) AS facts
FROM block_document
LEFT JOIN block_type ON block_type.id = block_document.block_type_id;

CREATE TRIGGER event_of_block_document_created
AFTER INSERT ON block_document
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT NEW.created, 'pacc.block-document.created', 'pacc.block-document.' || id, facts
    FROM block_document_facts WHERE id = NEW.id;
END;

CREATE TRIGGER event_of_block_document_updated
AFTER UPDATE ON block_document
WHEN NEW.updated > OLD.updated
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT NEW.updated, 'pacc.block-document.updated', 'pacc.block-document.' || id, facts
    FROM block_document_facts WHERE id = NEW.id;
END;

CREATE TRIGGER event_of_block_document_deleted
BEFORE DELETE ON block_document
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    SELECT max(OLD.updated, (SELECT now FROM this_moment)), 'pacc.block-document.deleted', 'pacc.block-document.' || id, facts
    FROM block_document_facts WHERE id = OLD.id;
END;

-- Automations.
CREATE TRIGGER event_of_automation_created
AFTER INSERT ON automation
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (NEW.created, 'pacc.automation.created', 'pacc.automation.' || NEW.id, printf('%Q,%Q', NEW.name, NEW.definition));
END;

CREATE TRIGGER event_of_automation_updated
AFTER UPDATE OF name, description, enabled, tags, definition ON automation
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (NEW.updated, 'pacc.automation.updated', 'pacc.automation.' || NEW.id, printf('%Q,%Q', NEW.name, NEW.definition));
END;

CREATE TRIGGER event_of_automation_deleted
AFTER DELETE ON automation
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.automation.deleted',
        'pacc.automation.' || OLD.id,
        printf('%Q,%Q', OLD.name, OLD.definition)
    );
END;

-- Webhooks, but not the ends of their addresses.
CREATE TRIGGER event_of_webhook_created
AFTER INSERT ON webhook
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.created,
        'pacc.webhook.created',
        'pacc.webhook.' || NEW.id,
        printf('%Q,%Q,%Q', NEW.name, NEW.enabled, NEW.authentication)
    );
END;

CREATE TRIGGER event_of_webhook_updated
AFTER UPDATE OF name, description, enabled, slug, template, authentication, secret ON webhook
WHEN NEW.updated > OLD.updated
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        NEW.updated,
        'pacc.webhook.updated',
        'pacc.webhook.' || NEW.id,
        printf('%Q,%Q,%Q', NEW.name, NEW.enabled, NEW.authentication)
    );
END;

CREATE TRIGGER event_of_webhook_deleted
AFTER DELETE ON webhook
BEGIN
    INSERT INTO event (occurred, event, resource_id, facts)
    VALUES (
        max(OLD.updated, (SELECT now FROM this_moment)),
        'pacc.webhook.deleted',
        'pacc.webhook.' || OLD.id,
        printf('%Q,%Q,%Q', OLD.name, OLD.enabled, OLD.authentication)
    );
END;
