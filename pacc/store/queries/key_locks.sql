-- Locks by which calls with the same cache key wait for each other.

-- name: key_locks.take
-- Take a lock that is free, one's own, over, or that of the session found dead; nothing is returned otherwise.
INSERT INTO key_lock (key, holder, session, until) VALUES (:key, :holder, :session, :until)
ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, session = excluded.session, until = excluded.until
WHERE key_lock.holder = excluded.holder OR key_lock.until <= :now OR key_lock.session = :dead
RETURNING key;

-- name: key_locks.read
-- One lock.
SELECT * FROM key_lock WHERE key = :key;

-- name: key_locks.release
-- Let a lock go; nothing is returned if the holder did not have it.
DELETE FROM key_lock WHERE key = :key AND holder = :holder RETURNING key;
