-- The first tables: flows, flow runs, task runs, and the triggers that guard their states.

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
CREATE INDEX flow_run_by_deployment ON flow_run (deployment_id) WHERE deployment_id IS NOT NULL;

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
