-- What the store holds, and giving room back that nothing uses any more.

-- name: care.pages
-- How many pages the file has, how big they are, and how many of them nothing uses.
SELECT
    (SELECT page_count FROM pragma_page_count) AS pages,
    (SELECT page_size FROM pragma_page_size) AS page_size,
    (SELECT freelist_count FROM pragma_freelist_count) AS free;

-- name: care.flow_runs
-- How many flow runs there are in each type of state, and when the first and the last of them were made.
SELECT state_type, count(*) AS number, min(created) AS first, max(created) AS last
FROM flow_run GROUP BY state_type ORDER BY state_type;

-- name: care.counts
-- How many rows the other tables have.
SELECT 'flows' AS noun, count(*) AS number FROM flow
UNION ALL SELECT 'task runs', count(*) FROM task_run
UNION ALL SELECT 'deployments', count(*) FROM deployment
UNION ALL SELECT 'work pools', count(*) FROM work_pool
UNION ALL SELECT 'blocks', count(*) FROM block_document
UNION ALL SELECT 'variables', count(*) FROM variable
UNION ALL SELECT 'artifacts', count(*) FROM artifact
UNION ALL SELECT 'assets', count(*) FROM asset
UNION ALL SELECT 'kept results', count(*) FROM result;

-- name: care.old
-- How many runs ended before :before: flow runs, and task runs outside of flows.
SELECT
    (
        SELECT count(*) FROM flow_run
        WHERE state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') AND coalesce(end_time, state_time) < :before
    ) AS flow_runs,
    (
        SELECT count(*) FROM task_run
        WHERE flow_run_id IS NULL
            AND state_type IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
            AND coalesce(end_time, state_time) < :before
    ) AS task_runs;

-- name: care.give_back
-- Give some unused pages at the end of the file back to the system, few enough that nobody waits for long.
PRAGMA incremental_vacuum(512);
