-- Sessions: which processes answer for open runs, and what becomes of the runs of one that is gone.

-- name: sessions.of_open_runs
-- Every session that an open run names, itself or through its flow run, which may have ended before its task runs. A background
-- task that waits for a worker is nobody's yet; there may be very many of these, hence the index that scheduled ones are found by.
-- One that stands for a deployment's run is that run's to end.
WITH open_task_run AS (
    SELECT id, task_key, session, flow_run_id FROM task_run
    WHERE state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        AND state_type IN ('PENDING', 'RUNNING', 'PAUSED', 'CANCELLING')
        AND state_name <> 'NotReady'
    UNION ALL
    SELECT id, task_key, session, flow_run_id FROM task_run
    WHERE state_type = 'SCHEDULED'
        AND (flow_run_id IS NOT NULL OR session IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM background_task WHERE task_run_id = task_run.id AND due IS NOT NULL)
)
SELECT session FROM flow_run
WHERE state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') AND session IS NOT NULL
    AND state_name <> 'Suspended'
UNION
SELECT coalesce(task_run.session, flow_run.session) AS session
FROM open_task_run AS task_run LEFT JOIN flow_run ON flow_run.id = task_run.flow_run_id
WHERE coalesce(task_run.session, flow_run.session) IS NOT NULL
    AND NOT (
        task_run.task_key = 'run_deployment'
        AND EXISTS (
            SELECT 1 FROM flow_run AS child
            WHERE child.parent_task_run_id = task_run.id
                AND child.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
    );

-- name: sessions.end_task_runs
-- The open task runs of a dead session: those that name it, and of those that name none the ones in its flow runs. A run that
-- was never ready was never started either, and stays what it is; so does one that stands for a deployment's run, which goes on.
UPDATE task_run SET
    state_type = CASE WHEN state_type = 'CANCELLING' THEN 'CANCELLED' ELSE 'CRASHED' END,
    state_name = CASE WHEN state_type = 'CANCELLING' THEN 'Cancelled' ELSE 'Crashed' END,
    state_message = :message,
    state_time = :now,
    state_details = NULL,
    version = version + 1,
    next_scheduled_start_time = NULL,
    end_time = :now,
    total_run_time = total_run_time + CASE WHEN state_type = 'RUNNING' THEN max(0, :now - state_time) ELSE 0 END,
    history = history || char(10) || '{"t":' || :now || ',"type":"'
        || CASE WHEN state_type = 'CANCELLING' THEN 'CANCELLED","name":"Cancelled' ELSE 'CRASHED","name":"Crashed' END
        || '","n":' || run_count || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || ',"message":' || :quoted_message || '}'
WHERE state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND state_name <> 'NotReady'
    AND NOT (
        task_run.task_key = 'run_deployment'
        AND EXISTS (
            SELECT 1 FROM flow_run AS child
            WHERE child.parent_task_run_id = task_run.id
                AND child.state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
        )
    )
    AND (
        session = :session
        OR (
            session IS NULL
            AND EXISTS (SELECT 1 FROM flow_run WHERE flow_run.id = task_run.flow_run_id AND flow_run.session = :session)
            AND NOT (
                state_type = 'SCHEDULED'
                AND EXISTS (SELECT 1 FROM background_task WHERE task_run_id = task_run.id AND due IS NOT NULL)
            )
        )
    );

-- name: sessions.end_flow_runs
-- The open flow runs of a dead session, crashed; one that was being cancelled is cancelled now, and :ended_id ended as :ended_type
-- and :ended_name say. The session stands in the condition: a run that another process took up meanwhile names that one's.
UPDATE flow_run SET
    state_type = CASE
        WHEN state_type = 'CANCELLING' THEN 'CANCELLED'
        WHEN id = :ended_id THEN :ended_type
        ELSE 'CRASHED'
    END,
    state_name = CASE
        WHEN state_type = 'CANCELLING' THEN 'Cancelled'
        WHEN id = :ended_id THEN :ended_name
        ELSE 'Crashed'
    END,
    state_message = :message,
    state_time = :now,
    state_details = NULL,
    version = version + 1,
    updated = :now,
    next_scheduled_start_time = NULL,
    end_time = :now,
    total_run_time = total_run_time + CASE WHEN state_type = 'RUNNING' THEN max(0, :now - state_time) ELSE 0 END,
    history = history || char(10) || '{"t":' || :now || ',"type":"'
        || CASE
            WHEN state_type = 'CANCELLING' THEN 'CANCELLED","name":"Cancelled'
            WHEN id = :ended_id THEN :ended_type || '","name":"' || :ended_name
            ELSE 'CRASHED","name":"Crashed'
        END
        || '","n":' || run_count || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || ',"message":' || :quoted_message || '}'
WHERE session = :session
    AND state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    AND state_name NOT IN ('NotReady', 'Suspended')
RETURNING id, name, state_name, process;
