-- Concurrency limits, and what is taken of them.

-- name: concurrency.put
-- Make a limit; one of that name that is there already is changed where :overwrite says so, else nothing is returned.
INSERT INTO concurrency_limit (id, name, created, updated, slots, active, slot_decay_per_second)
VALUES (:id, :name, :now, :now, :slots, :active, :slot_decay_per_second)
ON CONFLICT (name) DO UPDATE SET
    slots = excluded.slots,
    slot_decay_per_second = excluded.slot_decay_per_second,
    updated = excluded.updated
WHERE :overwrite
RETURNING id;

-- name: concurrency.update
-- Change a limit; what is null stays as it is.
UPDATE concurrency_limit SET
    name = coalesce(:new_name, name),
    slots = coalesce(:slots, slots),
    active = coalesce(:active, active),
    slot_decay_per_second = coalesce(:slot_decay_per_second, slot_decay_per_second),
    updated = :now
WHERE name = :name
RETURNING id;

-- name: concurrency.delete
-- A limit with all that is taken of it; nothing is returned if it was not there.
DELETE FROM concurrency_limit WHERE name = :name RETURNING id;

-- name: concurrency.standing
-- The limits among :names, a JSON array, each with what is taken of it.
SELECT
    concurrency_limit.*,
    coalesce((
        SELECT sum(concurrency_slot.slots) FROM concurrency_slot
        WHERE concurrency_slot.limit_id = concurrency_limit.id
            AND (concurrency_slot.until IS NULL OR concurrency_slot.until > :now)
    ), 0) AS taken
FROM concurrency_limit
WHERE concurrency_limit.name IN (SELECT value FROM json_each(:names))
ORDER BY concurrency_limit.name;

-- name: concurrency.read
-- One limit by its name or id, with what is taken of it.
SELECT
    concurrency_limit.*,
    coalesce((
        SELECT sum(concurrency_slot.slots) FROM concurrency_slot
        WHERE concurrency_slot.limit_id = concurrency_limit.id
            AND (concurrency_slot.until IS NULL OR concurrency_slot.until > :now)
    ), 0) AS taken
FROM concurrency_limit
WHERE concurrency_limit.name = :reference OR concurrency_limit.id = :reference;

-- name: concurrency.select
-- The limits by name whose names begin with :beginning, or those that do not, each with what is taken of it.
SELECT
    concurrency_limit.*,
    coalesce((
        SELECT sum(concurrency_slot.slots) FROM concurrency_slot
        WHERE concurrency_slot.limit_id = concurrency_limit.id
            AND (concurrency_slot.until IS NULL OR concurrency_slot.until > :now)
    ), 0) AS taken
FROM concurrency_limit
WHERE (substr(concurrency_limit.name, 1, length(:beginning)) = :beginning) = :wanted
ORDER BY concurrency_limit.name
LIMIT :limit OFFSET :offset;

-- name: concurrency.names
-- Names to compare a mistyped one with.
SELECT name FROM concurrency_limit ORDER BY name LIMIT 2000;

-- name: concurrency.known
-- Which of :names, a JSON array, are names of limits.
SELECT name FROM concurrency_limit WHERE name IN (SELECT value FROM json_each(:names)) ORDER BY name;

-- name: concurrency.slots
-- What is taken of a limit and by whom, longest first.
SELECT * FROM concurrency_slot
WHERE limit_id = :limit_id AND (until IS NULL OR until > :now)
ORDER BY since, lease;

-- name: concurrency.sessions
-- The sessions that have taken something of the limits among :names, a JSON array; of any limit where it is null.
SELECT DISTINCT concurrency_slot.session
FROM concurrency_slot JOIN concurrency_limit ON concurrency_limit.id = concurrency_slot.limit_id
WHERE concurrency_slot.session IS NOT NULL
    AND (:names IS NULL OR concurrency_limit.name IN (SELECT value FROM json_each(:names)));

-- name: concurrency.take
-- Take slots of one limit.
INSERT INTO concurrency_slot (limit_id, lease, slots, since, session, until, holder_type, holder_id)
VALUES (:limit_id, :lease, :slots, :now, :session, :until, :holder_type, :holder_id);

-- name: concurrency.fill
-- Fill a limit that empties by itself.
UPDATE concurrency_limit SET level = :level, level_time = :now WHERE id = :limit_id;

-- name: concurrency.release
-- Give back all that was taken with one lease.
DELETE FROM concurrency_slot WHERE lease = :lease RETURNING limit_id, slots;

-- name: concurrency.renew
-- Keep what was taken with a lease for longer, unless its time is over.
UPDATE concurrency_slot SET until = :until WHERE lease = :lease AND until > :now RETURNING limit_id;

-- name: concurrency.free_session
-- Give back all that a dead session had taken.
DELETE FROM concurrency_slot WHERE session = :session;

-- name: concurrency.over
-- Whether anything was taken until a moment that is past.
SELECT 1 FROM concurrency_slot WHERE until <= :now LIMIT 1;

-- name: concurrency.tidy
-- Forget what was taken until a moment that is past.
DELETE FROM concurrency_slot WHERE until <= :now;

-- name: concurrency.clear
-- Forget all that is taken of a limit.
DELETE FROM concurrency_slot WHERE limit_id = :limit_id;
