-- Scheduled task runs that somebody answers for, apart from the many that wait for a task worker.
CREATE INDEX task_run_scheduled_by_flow_run ON task_run (flow_run_id)
WHERE state_type = 'SCHEDULED' AND (flow_run_id IS NOT NULL OR session IS NOT NULL);
