-- The whole current schema, for new stores. The steps in migrations/ lead to the same tables; tests/migration compares the two.
-- Ids are UUIDv7 text, times are UTC microseconds, JSON is text, booleans are 0 and 1.

CREATE TABLE flow (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    labels TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;

CREATE TABLE flow_run (
    id TEXT NOT NULL PRIMARY KEY,
    flow_id TEXT NOT NULL REFERENCES flow (id),
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    state_type TEXT NOT NULL,
    state_name TEXT NOT NULL,
    state_message TEXT,
    state_time INTEGER NOT NULL,
    state_details TEXT,
    state_data TEXT,
    version INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 1,
    run_count INTEGER NOT NULL DEFAULT 0,
    history TEXT NOT NULL,
    parent_flow_run_id TEXT,
    parent_task_run_id TEXT,
    root_flow_run_id TEXT,
    deployment_id TEXT,
    deployment_version TEXT,
    flow_version TEXT,
    work_queue_name TEXT,
    work_pool_name TEXT,
    parameters TEXT NOT NULL DEFAULT '{}',
    idempotency_key TEXT,
    context TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    labels TEXT,
    empirical_policy TEXT,
    created_by TEXT,
    auto_scheduled INTEGER NOT NULL DEFAULT 0,
    infrastructure_pid TEXT,
    process TEXT,
    job_variables TEXT,
    expected_start_time INTEGER,
    next_scheduled_start_time INTEGER,
    start_time INTEGER,
    end_time INTEGER,
    total_run_time INTEGER NOT NULL DEFAULT 0,
    log_file TEXT,
    session TEXT,
    entrypoint TEXT,
    usage TEXT,
    UNIQUE (flow_id, idempotency_key)
);

CREATE INDEX flow_run_by_flow ON flow_run (flow_id, id);
CREATE INDEX flow_run_by_open_state ON flow_run (state_type, id)
WHERE state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED');
CREATE INDEX flow_run_by_parent ON flow_run (parent_flow_run_id) WHERE parent_flow_run_id IS NOT NULL;
CREATE INDEX flow_run_by_root ON flow_run (root_flow_run_id) WHERE root_flow_run_id IS NOT NULL;
CREATE INDEX flow_run_by_name ON flow_run (name);
CREATE INDEX flow_run_by_start ON flow_run (coalesce(start_time, expected_start_time), id);
CREATE INDEX flow_run_by_expected_start ON flow_run (expected_start_time, id);
CREATE INDEX flow_run_by_parent_task ON flow_run (parent_task_run_id) WHERE parent_task_run_id IS NOT NULL;
CREATE INDEX flow_run_by_due ON flow_run (next_scheduled_start_time, id) WHERE state_type = 'SCHEDULED';
CREATE INDEX flow_run_by_deployment ON flow_run (deployment_id) WHERE deployment_id IS NOT NULL;
CREATE INDEX flow_run_open_of_deployment ON flow_run (deployment_id)
WHERE deployment_id IS NOT NULL AND session IS NOT NULL AND process IS NOT NULL
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED');
CREATE INDEX flow_run_open_of_work_pool ON flow_run (work_pool_name, work_queue_name)
WHERE work_pool_name IS NOT NULL AND session IS NOT NULL AND process IS NOT NULL
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED');

-- A task run may reach the store before the nested flow run it belongs to, hence no reference to flow_run.
CREATE TABLE task_run (
    id TEXT NOT NULL PRIMARY KEY,
    flow_run_id TEXT,
    name TEXT NOT NULL,
    task_key TEXT NOT NULL,
    dynamic_key TEXT NOT NULL,
    created INTEGER NOT NULL,
    state_type TEXT NOT NULL,
    state_name TEXT NOT NULL,
    state_message TEXT,
    state_time INTEGER NOT NULL,
    state_details TEXT,
    state_data TEXT,
    version INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 1,
    run_count INTEGER NOT NULL DEFAULT 0,
    flow_run_run_count INTEGER NOT NULL DEFAULT 0,
    history TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    task_inputs TEXT NOT NULL DEFAULT '{}',
    task_version TEXT,
    cache_key TEXT,
    cache_expiration INTEGER,
    empirical_policy TEXT,
    expected_start_time INTEGER,
    next_scheduled_start_time INTEGER,
    start_time INTEGER,
    end_time INTEGER,
    total_run_time INTEGER NOT NULL DEFAULT 0,
    session TEXT
);

CREATE INDEX task_run_by_flow_run ON task_run (flow_run_id, id);
CREATE INDEX task_run_by_open_state ON task_run (state_type, id)
WHERE state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED');
CREATE INDEX task_run_scheduled_by_flow_run ON task_run (flow_run_id)
WHERE state_type = 'SCHEDULED' AND (flow_run_id IS NOT NULL OR session IS NOT NULL);

-- Records of kept results: what was written, so that it can be recognised before it is loaded.
CREATE TABLE result (
    storage TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    serializer TEXT NOT NULL,
    created INTEGER NOT NULL,
    expiration INTEGER,
    flow_run_id TEXT,
    task_run_id TEXT,
    run_name TEXT,
    PRIMARY KEY (storage, key)
) WITHOUT ROWID;

CREATE INDEX result_by_created ON result (created);

-- Locks by which calls with the same cache key wait for each other; a lock of a dead session is free.
CREATE TABLE key_lock (
    key TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    session TEXT NOT NULL,
    until INTEGER
) WITHOUT ROWID;

-- A flow made ready to be run by others: where its code is, what it is given, when it runs.
CREATE TABLE deployment (
    id TEXT NOT NULL PRIMARY KEY,
    flow_id TEXT NOT NULL REFERENCES flow (id),
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    version TEXT,
    version_info TEXT,
    description TEXT,
    paused INTEGER NOT NULL DEFAULT 0,
    declared_paused INTEGER NOT NULL DEFAULT 0,
    paused_at_shutdown INTEGER NOT NULL DEFAULT 0,
    tags TEXT NOT NULL DEFAULT '[]',
    labels TEXT NOT NULL DEFAULT '{}',
    parameters TEXT NOT NULL DEFAULT '{}',
    parameter_openapi_schema TEXT,
    enforce_parameter_schema INTEGER NOT NULL DEFAULT 1,
    entrypoint TEXT,
    path TEXT,
    pull_steps TEXT,
    work_pool_name TEXT,
    work_queue_name TEXT,
    job_variables TEXT NOT NULL DEFAULT '{}',
    concurrency_limit INTEGER,
    concurrency_options TEXT,
    triggers TEXT NOT NULL DEFAULT '[]',
    created_by TEXT,
    updated_by TEXT,
    UNIQUE (flow_id, name)
) WITHOUT ROWID;

CREATE INDEX deployment_by_name ON deployment (name);
CREATE INDEX deployment_by_work_pool ON deployment (work_pool_name) WHERE work_pool_name IS NOT NULL;

-- When a deployment runs by itself. Occurrences up to made_until have been made into runs, or passed over by its catch-up policy;
-- at look_at there is something to make again, which whoever changes the schedule sets to 0.
-- active is what somebody last wished, declared_active what the code says, which is null where a person added the schedule.
CREATE TABLE deployment_schedule (
    id TEXT NOT NULL PRIMARY KEY,
    deployment_id TEXT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    schedule TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    declared_active INTEGER,
    slug TEXT,
    parameters TEXT NOT NULL DEFAULT '{}',
    max_scheduled_runs INTEGER,
    catchup TEXT NOT NULL DEFAULT 'none',
    overlap TEXT NOT NULL DEFAULT 'allow',
    made_until INTEGER,
    look_at INTEGER NOT NULL DEFAULT 0,
    UNIQUE (deployment_id, slug)
) WITHOUT ROWID;

CREATE INDEX deployment_schedule_by_deployment ON deployment_schedule (deployment_id);
CREATE INDEX deployment_schedule_by_look ON deployment_schedule (look_at) WHERE active = 1;
CREATE INDEX deployment_schedule_by_overlap ON deployment_schedule (deployment_id) WHERE overlap <> 'allow';

CREATE TABLE work_pool (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    type TEXT NOT NULL,
    description TEXT,
    base_job_template TEXT NOT NULL DEFAULT '{}',
    is_paused INTEGER NOT NULL DEFAULT 0,
    concurrency_limit INTEGER
) WITHOUT ROWID;

CREATE TABLE work_queue (
    id TEXT NOT NULL PRIMARY KEY,
    work_pool_id TEXT NOT NULL REFERENCES work_pool (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    description TEXT,
    priority INTEGER NOT NULL,
    is_paused INTEGER NOT NULL DEFAULT 0,
    concurrency_limit INTEGER,
    last_polled INTEGER,
    UNIQUE (work_pool_id, name)
) WITHOUT ROWID;

CREATE TABLE worker (
    id TEXT NOT NULL PRIMARY KEY,
    work_pool_id TEXT NOT NULL REFERENCES work_pool (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    last_heartbeat INTEGER NOT NULL,
    heartbeat_interval INTEGER NOT NULL,
    session TEXT,
    work_queues TEXT,
    process TEXT NOT NULL DEFAULT '{}',
    UNIQUE (work_pool_id, name)
) WITHOUT ROWID;

-- Which living processes serve which deployments; one of a dead session counts for nothing.
CREATE TABLE serving (
    session TEXT NOT NULL,
    deployment_id TEXT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    since INTEGER NOT NULL,
    PRIMARY KEY (session, deployment_id)
) WITHOUT ROWID;

CREATE INDEX serving_by_deployment ON serving (deployment_id);

-- Which process does a piece of housekeeping; a lease of a dead session is free.
CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    session TEXT NOT NULL,
    since INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    failed INTEGER,
    error TEXT
) WITHOUT ROWID;

-- Kinds of blocks, known by their slugs.
CREATE TABLE block_type (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    slug TEXT NOT NULL UNIQUE,
    logo_url TEXT,
    documentation_url TEXT,
    description TEXT,
    code_example TEXT,
    is_protected INTEGER NOT NULL DEFAULT 0,
    class_path TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) WITHOUT ROWID;

-- The fields the class of a block type had at some time.
CREATE TABLE block_schema (
    id TEXT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    fields TEXT NOT NULL,
    block_type_id TEXT NOT NULL REFERENCES block_type (id) ON DELETE CASCADE,
    capabilities TEXT NOT NULL DEFAULT '[]',
    version TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (block_type_id, checksum, version)
) WITHOUT ROWID;

-- Configured blocks. In data every secret is a mask; secrets is all of them with their places, encrypted. refs says which
-- saved blocks stand where in data.
CREATE TABLE block_document (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    secrets TEXT,
    refs TEXT NOT NULL DEFAULT '[]',
    block_schema_id TEXT NOT NULL REFERENCES block_schema (id),
    block_type_id TEXT NOT NULL REFERENCES block_type (id) ON DELETE CASCADE,
    is_anonymous INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (block_type_id, name)
) WITHOUT ROWID;

-- A word encrypted with the key that is in use: what cannot read it is another key.
CREATE TABLE key_proof (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    proof TEXT NOT NULL
);

-- Values under names, which flows read and people set.
CREATE TABLE variable (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) WITHOUT ROWID;

-- A limit with a decay fills up to level at level_time and empties by itself; of any other the slots below are counted.
CREATE TABLE concurrency_limit (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    slots INTEGER NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    slot_decay_per_second REAL NOT NULL DEFAULT 0,
    level REAL NOT NULL DEFAULT 0,
    level_time INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What is taken of a limit: by a session, which gives it back when it dies, or until a moment, or until somebody gives it back.
CREATE TABLE concurrency_slot (
    limit_id TEXT NOT NULL REFERENCES concurrency_limit (id) ON DELETE CASCADE,
    lease TEXT NOT NULL,
    slots INTEGER NOT NULL,
    since INTEGER NOT NULL,
    session TEXT,
    until INTEGER,
    holder_type TEXT,
    holder_id TEXT,
    PRIMARY KEY (limit_id, lease)
) WITHOUT ROWID;

CREATE INDEX concurrency_slot_by_lease ON concurrency_slot (lease);
CREATE INDEX concurrency_slot_by_session ON concurrency_slot (session) WHERE session IS NOT NULL;

-- Background tasks: the arguments of task runs that wait for a task worker, or are executed by one. A run that ended well has none.
CREATE TABLE background_task (
    task_run_id TEXT NOT NULL PRIMARY KEY,
    task_key TEXT NOT NULL,
    due INTEGER,
    started INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    awaits TEXT,
    digest TEXT NOT NULL,
    parameters BLOB,
    storage TEXT
);

CREATE INDEX background_task_queue ON background_task (task_key, due, task_run_id) WHERE due IS NOT NULL;
-- Artifacts of one key are versions of each other, the newest the latest.
CREATE TABLE artifact (
    id TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    key TEXT,
    type TEXT,
    description TEXT,
    data TEXT,
    metadata TEXT,
    flow_run_id TEXT,
    task_run_id TEXT
) WITHOUT ROWID;

CREATE INDEX artifact_by_key ON artifact (key, id) WHERE key IS NOT NULL;
CREATE INDEX artifact_by_flow_run ON artifact (flow_run_id) WHERE flow_run_id IS NOT NULL;
CREATE INDEX artifact_by_task_run ON artifact (task_run_id) WHERE task_run_id IS NOT NULL;

-- What tasks produce outside of pacc, and each time one was made anew.
CREATE TABLE asset (
    key TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    name TEXT,
    url TEXT,
    description TEXT,
    owners TEXT,
    last_succeeded INTEGER,
    last_failed INTEGER
) WITHOUT ROWID;

CREATE TABLE asset_materialization (
    id TEXT NOT NULL PRIMARY KEY,
    asset_key TEXT NOT NULL REFERENCES asset (key) ON DELETE CASCADE,
    occurred INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    materialized_by TEXT,
    upstream TEXT NOT NULL DEFAULT '[]',
    metadata TEXT,
    flow_run_id TEXT,
    task_run_id TEXT,
    run_name TEXT
) WITHOUT ROWID;

CREATE INDEX asset_materialization_by_asset ON asset_materialization (asset_key, id);

-- Results of finished tasks, kept until the flow run completes that no other one called, so that a retry need not run them again.
CREATE TABLE checkpoint (
    flow_run_id TEXT NOT NULL,
    task_key TEXT NOT NULL,
    call INTEGER NOT NULL,
    task_run_id TEXT NOT NULL,
    run_count INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (flow_run_id, task_key, call)
) WITHOUT ROWID;

-- What people and programs hand to flow runs while they run: answers to a pause, messages.
CREATE TABLE run_input (
    flow_run_id TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    value TEXT NOT NULL,
    sender TEXT,
    PRIMARY KEY (flow_run_id, key)
) WITHOUT ROWID;

-- moments is a JSON array of [time, schedule id], the runs to make in this order; so many of them were made.
CREATE TABLE backfill (
    id TEXT NOT NULL PRIMARY KEY,
    deployment_id TEXT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    mode TEXT NOT NULL,
    max_active INTEGER NOT NULL,
    parameters TEXT NOT NULL DEFAULT '{}',
    moments TEXT NOT NULL,
    made INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'RUNNING'
) WITHOUT ROWID;

CREATE INDEX backfill_by_deployment ON backfill (deployment_id);

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

-- A terminal state changes only with a new attempt; a completed task run may still be rolled back. state_data is left out: a kept result is let go after the run.
CREATE TRIGGER flow_run_terminal_state
BEFORE UPDATE OF state_type, state_name, state_message, state_time, state_details, history ON flow_run
WHEN OLD.state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND NEW.attempt <= OLD.attempt
    AND (
        NEW.state_type IS NOT OLD.state_type
        OR NEW.state_name IS NOT OLD.state_name
        OR NEW.state_message IS NOT OLD.state_message
        OR NEW.state_time IS NOT OLD.state_time
        OR NEW.state_details IS NOT OLD.state_details
        OR NEW.history IS NOT OLD.history
    )
BEGIN
    SELECT raise(ABORT, 'a terminal state does not change without a new attempt');
END;

CREATE TRIGGER task_run_terminal_state
BEFORE UPDATE OF state_type, state_name, state_message, state_time, state_details, history ON task_run
WHEN OLD.state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND NEW.attempt <= OLD.attempt
    AND NOT (OLD.state_type = 'COMPLETED' AND NEW.state_type = 'COMPLETED' AND NEW.state_name = 'RolledBack')
    AND (
        NEW.state_type IS NOT OLD.state_type
        OR NEW.state_name IS NOT OLD.state_name
        OR NEW.state_message IS NOT OLD.state_message
        OR NEW.state_time IS NOT OLD.state_time
        OR NEW.state_details IS NOT OLD.state_details
        OR NEW.history IS NOT OLD.history
    )
BEGIN
    SELECT raise(ABORT, 'a terminal state does not change without a new attempt');
END;

-- Every transition counts the version up, so that two writers cannot both believe theirs came next.
CREATE TRIGGER flow_run_version
BEFORE UPDATE OF state_type, state_name, state_time, version ON flow_run
WHEN NEW.version < OLD.version
    OR (
        NEW.version = OLD.version
        AND (
            NEW.state_type IS NOT OLD.state_type
            OR NEW.state_name IS NOT OLD.state_name
            OR NEW.state_time IS NOT OLD.state_time
        )
    )
BEGIN
    SELECT raise(ABORT, 'a transition must count the version up');
END;

CREATE TRIGGER task_run_version
BEFORE UPDATE OF state_type, state_name, state_time, version ON task_run
WHEN NEW.version < OLD.version
    OR (
        NEW.version = OLD.version
        AND (
            NEW.state_type IS NOT OLD.state_type
            OR NEW.state_name IS NOT OLD.state_name
            OR NEW.state_time IS NOT OLD.state_time
        )
    )
BEGIN
    SELECT raise(ABORT, 'a transition must count the version up');
END;

-- The queue follows the state of the run. Claimed, it is out of the queue, and one more start may have happened from here on.
CREATE TRIGGER background_task_leaves_queue
AFTER UPDATE OF state_type ON task_run
WHEN OLD.state_type = 'SCHEDULED' AND NEW.state_type <> 'SCHEDULED'
BEGIN
    UPDATE background_task SET
        due = NULL,
        started = max(started, NEW.run_count) + (NEW.state_type = 'PENDING' AND NEW.session IS NOT NULL)
    WHERE task_run_id = NEW.id;
END;

-- Given back by its worker, or in the name of one that is gone, it is in the queue again.
CREATE TRIGGER background_task_enters_queue
AFTER UPDATE OF state_type ON task_run
WHEN NEW.state_type = 'SCHEDULED' AND NEW.session IS NULL
BEGIN
    UPDATE background_task SET due = coalesce(NEW.next_scheduled_start_time, NEW.state_time)
    WHERE task_run_id = NEW.id;
END;

-- Nobody will ask for the arguments of a run again that ended well.
CREATE TRIGGER background_task_completed
AFTER UPDATE OF state_type ON task_run
WHEN NEW.state_type = 'COMPLETED' AND OLD.session IS NOT NULL
BEGIN
    DELETE FROM background_task WHERE task_run_id = NEW.id;
END;

CREATE TRIGGER background_task_deleted
AFTER DELETE ON task_run
BEGIN
    DELETE FROM background_task WHERE task_run_id = OLD.id;
END;

-- A task run that stands for a deployment's run in the flow run that asked for it goes along with it, whoever moves that.
CREATE TRIGGER flow_run_stood_for
AFTER UPDATE OF state_type, state_name, state_time ON flow_run
WHEN NEW.parent_task_run_id IS NOT NULL AND NEW.version > OLD.version
BEGIN
    UPDATE task_run SET
        state_type = NEW.state_type,
        state_name = NEW.state_name,
        state_message = NEW.state_message,
        state_time = NEW.state_time,
        state_details = '{"child_flow_run_id":"' || NEW.id || '"}',
        version = version + 1,
        attempt = NEW.attempt,
        run_count = NEW.run_count,
        history = history || substr(NEW.history, length(OLD.history) + 1),
        next_scheduled_start_time = NEW.next_scheduled_start_time,
        start_time = NEW.start_time,
        end_time = NEW.end_time,
        total_run_time = NEW.total_run_time
    WHERE id = NEW.parent_task_run_id
        AND task_key = 'run_deployment'
        AND (state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') OR NEW.attempt > attempt);
END;

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

-- The history of each run, one row a transition, for people who look with the sqlite3 shell. Its JSON functions would not do: SQLite
-- calls them unsafe in a schema that it is told not to trust.
CREATE VIEW flow_run_state AS
SELECT
    flow_run.id AS flow_run_id,
    line.key + 1 AS version,
    (SELECT value FROM json_each(line.value, '$.t')) AS time,
    (SELECT value FROM json_each(line.value, '$.type')) AS type,
    (SELECT value FROM json_each(line.value, '$.name')) AS name,
    (SELECT value FROM json_each(line.value, '$.message')) AS message,
    (SELECT value FROM json_each(line.value, '$.n')) AS run_count,
    (SELECT value FROM json_each(line.value, '$.a')) AS attempt,
    (SELECT value FROM json_each(line.value, '$.details')) AS details
FROM flow_run, json_each('[' || replace(flow_run.history, char(10), ',') || ']') AS line;

CREATE VIEW task_run_state AS
SELECT
    task_run.id AS task_run_id,
    line.key + 1 AS version,
    (SELECT value FROM json_each(line.value, '$.t')) AS time,
    (SELECT value FROM json_each(line.value, '$.type')) AS type,
    (SELECT value FROM json_each(line.value, '$.name')) AS name,
    (SELECT value FROM json_each(line.value, '$.message')) AS message,
    (SELECT value FROM json_each(line.value, '$.n')) AS run_count,
    (SELECT value FROM json_each(line.value, '$.a')) AS attempt,
    (SELECT value FROM json_each(line.value, '$.details')) AS details
FROM task_run, json_each('[' || replace(task_run.history, char(10), ',') || ']') AS line;

-- What happened, in the order of the commits: seq is where who follows goes on. A row with a version is a state of a run and tells
-- only which; what else its event says is worked out from the run on reading. An id that is null follows from the other columns.
-- facts is what a trigger wrote down, values as SQL spells them; which they are of which event, services/event_facts.py knows.
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
    , facts TEXT);

CREATE UNIQUE INDEX event_by_id ON event (id) WHERE id IS NOT NULL;
CREATE INDEX event_by_occurred ON event (occurred);
CREATE INDEX event_by_resource ON event (resource_id);

-- Who wants the states of task runs as events: a process, as long as its session lives, or whatever else has a name.
CREATE TABLE event_interest (
    holder TEXT NOT NULL PRIMARY KEY,
    session TEXT
) WITHOUT ROWID;

-- Events are written by triggers in the same commit as the thing itself, so that nothing can forget to say it. Each process that opens
-- the store reads all of them, so they are short: they write down facts, and whoever reads an event puts it into words.

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
