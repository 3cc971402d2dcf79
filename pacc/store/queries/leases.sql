-- Leases: which process does which piece of housekeeping. A lease of a session that is gone is free.

-- name: leases.take
-- Take a lease that nobody has, or that the session had that was found to keep house no longer; else nothing is returned.
INSERT INTO lease (name, session, since) VALUES (:name, :session, :now)
ON CONFLICT (name) DO UPDATE SET
    session = excluded.session, since = excluded.since, failures = 0, failed = NULL, error = NULL
WHERE lease.session = :gone
RETURNING name;

-- name: leases.read
-- One lease.
SELECT * FROM lease WHERE name = :name;

-- name: leases.select
-- Every lease.
SELECT * FROM lease ORDER BY name;

-- name: leases.fail
-- Count a failure of the work a lease is for; nothing is returned where the session has it no longer.
UPDATE lease SET failures = failures + 1, failed = :now, error = :error
WHERE name = :name AND session = :session
RETURNING name;

-- name: leases.release
-- Let every lease of a session go.
DELETE FROM lease WHERE session = :session RETURNING name;
