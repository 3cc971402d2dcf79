-- Results of finished tasks are kept until their flow run completes, so that a retry need not run them again.

CREATE TABLE checkpoint (
    flow_run_id TEXT NOT NULL,
    task_key TEXT NOT NULL,
    call INTEGER NOT NULL,
    task_run_id TEXT NOT NULL,
    run_count INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (flow_run_id, task_key, call)
) WITHOUT ROWID;
