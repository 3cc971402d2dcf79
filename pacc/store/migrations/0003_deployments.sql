-- Deployments with their schedules, work pools with their queues and workers, and who serves and keeps house.

-- Where the flow's code is found again, and what the run's processes used.
ALTER TABLE flow_run ADD COLUMN entrypoint TEXT;
ALTER TABLE flow_run ADD COLUMN usage TEXT;

CREATE INDEX flow_run_by_due ON flow_run (next_scheduled_start_time, id) WHERE state_type = 'SCHEDULED';
CREATE INDEX flow_run_open_of_deployment ON flow_run (deployment_id)
WHERE deployment_id IS NOT NULL AND session IS NOT NULL AND process IS NOT NULL
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED');
CREATE INDEX flow_run_open_of_work_pool ON flow_run (work_pool_name, work_queue_name)
WHERE work_pool_name IS NOT NULL AND session IS NOT NULL AND process IS NOT NULL
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED');

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
