-- Workers: processes that take the runs of a pool.

-- name: workers.beat
-- A worker says that it is there, for the first time or again.
INSERT INTO worker (id, work_pool_id, name, created, last_heartbeat, heartbeat_interval, session, work_queues, process)
VALUES (:id, :work_pool_id, :name, :now, :now, :heartbeat_interval, :session, :work_queues, :process)
ON CONFLICT (work_pool_id, name) DO UPDATE SET
    last_heartbeat = excluded.last_heartbeat,
    heartbeat_interval = excluded.heartbeat_interval,
    session = excluded.session,
    work_queues = excluded.work_queues,
    process = excluded.process
RETURNING id;

-- name: workers.select
-- The workers of every pool or of one, the latest heartbeat first.
SELECT * FROM worker WHERE :work_pool_id IS NULL OR work_pool_id = :work_pool_id ORDER BY last_heartbeat DESC, name;

-- name: workers.leave
-- A worker is there no more, and its session counts for it no longer.
UPDATE worker SET session = '' WHERE work_pool_id = :work_pool_id AND name = :name;

-- name: workers.delete
-- One worker; nothing is returned if it was not there.
DELETE FROM worker WHERE work_pool_id = :work_pool_id AND name = :name RETURNING id;
