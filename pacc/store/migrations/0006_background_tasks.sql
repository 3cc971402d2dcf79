-- Background tasks: a queue of task runs, and what keeps it in step with their states.

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
