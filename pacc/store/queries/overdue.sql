-- Runs that should have gone on by now: nobody started them, or nobody is there to stop them.

-- name: overdue.mark_late
-- Some scheduled runs that were due by :bound, few enough that nobody waits long; those that wait for something else are named
-- otherwise, but for those of the shell queue, which all wait for their turn.
UPDATE flow_run SET
    state_name = 'Late',
    state_message = NULL,
    state_time = :now,
    version = version + 1,
    updated = :now,
    history = history || char(10) || '{"t":' || :now || ',"type":"SCHEDULED","name":"Late","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || CASE WHEN state_details IS NULL THEN '' ELSE ',"details":' || state_details END || '}'
WHERE id IN (
    SELECT id FROM flow_run
    WHERE state_type = 'SCHEDULED' AND state_name = 'Scheduled' AND next_scheduled_start_time <= :bound
        AND work_pool_name IS NOT 'shell'
    ORDER BY next_scheduled_start_time
    LIMIT 500
)
RETURNING name;

-- name: overdue.next_scheduled
-- When the first of the runs is due that are due after :bound and may be late.
SELECT next_scheduled_start_time AS due FROM flow_run
WHERE state_type = 'SCHEDULED' AND state_name = 'Scheduled' AND next_scheduled_start_time > :bound
    AND work_pool_name IS NOT 'shell'
ORDER BY next_scheduled_start_time
LIMIT 1;

-- name: overdue.end_cancelling
-- Runs that have been told to stop by :bound and that no process answers for.
UPDATE flow_run SET
    state_type = 'CANCELLED',
    state_name = 'Cancelled',
    state_message = :message,
    state_time = :now,
    state_details = NULL,
    version = version + 1,
    updated = :now,
    next_scheduled_start_time = NULL,
    end_time = :now,
    history = history || char(10) || '{"t":' || :now || ',"type":"CANCELLED","name":"Cancelled","n":' || run_count
        || CASE WHEN attempt > 1 THEN ',"a":' || attempt ELSE '' END
        || ',"message":' || :quoted_message || '}'
WHERE state_type = 'CANCELLING' AND session IS NULL AND state_time <= :bound
RETURNING name;

-- name: overdue.next_cancelling
-- Since when the run is being cancelled that has been for the longest time without a process.
SELECT min(state_time) AS since FROM flow_run WHERE state_type = 'CANCELLING' AND session IS NULL;
