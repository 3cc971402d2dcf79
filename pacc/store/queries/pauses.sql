-- Pauses: runs that wait for a person, and what becomes of those nobody resumed.

-- name: pauses.waiting
-- Runs that are paused and that no process answers for, with the moment their pause ends.
SELECT id, name, json_extract(state_details, '$.pause_timeout') AS until
FROM flow_run
WHERE state_type = 'PAUSED' AND session IS NULL;

-- name: pauses.release
-- The process of a suspended run is gone: nobody answers for it until it is resumed.
UPDATE flow_run SET session = NULL WHERE id = :id AND session = :session AND state_name = 'Suspended';
