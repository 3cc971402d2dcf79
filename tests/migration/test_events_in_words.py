"""An event reads the same whether a trigger of today wrote down its facts or one of an older schema its words."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing, contextmanager
from itertools import zip_longest

import pytest

from pacc.services import events
from pacc.store import StoreOptions
from pacc.store.database import Store
from pacc.store.options import DEFAULTS

LAST_IN_WORDS = 17

NAME = 'it\'s "a\\b",\nNULL'

WHAT_HAPPENS = """
INSERT INTO variable VALUES ('v', :name, '{"a": "it''s"}', '["x"]', 5, 5);
UPDATE variable SET value = 'null', updated = 6;
DELETE FROM variable;
INSERT INTO flow VALUES ('f', :name, 5, 5, '[]', '{}');
UPDATE flow SET tags = '["x"]', updated = 6;
INSERT INTO work_pool (id, name, created, updated, type) VALUES ('p', 'pool', 5, 5, 'process');
UPDATE work_pool SET description = :name, concurrency_limit = 3, base_job_template = '{"x": 1}', updated = 6;
UPDATE work_pool SET type = 'docker', concurrency_limit = NULL;
UPDATE work_pool SET is_paused = 1;
UPDATE work_pool SET is_paused = 0;
INSERT INTO work_queue (id, work_pool_id, name, created, updated, priority) VALUES ('q', 'p', 'queue', 5, 5, 1);
UPDATE work_queue SET name = 'fast', priority = 2, description = :name, concurrency_limit = 1, updated = 6;
UPDATE work_queue SET last_polled = 7;
UPDATE work_queue SET is_paused = 1;
UPDATE work_queue SET is_paused = 0, last_polled = NULL;
INSERT INTO deployment (id, flow_id, name, created, updated) VALUES ('d', 'f', :name, 5, 5);
UPDATE deployment SET updated = 6;
UPDATE deployment SET paused = 1, version = '2', tags = '["x"]', parameters = '{"a": 1}', description = 'd', entrypoint = 'e',
    path = 'p', pull_steps = '[]', job_variables = '{"a": 1}', triggers = '[1]', concurrency_limit = 2;
UPDATE deployment SET version = NULL, work_pool_name = 'pool', work_queue_name = 'slow';
UPDATE deployment SET work_queue_name = 'fast';
INSERT INTO serving VALUES ('s1', 'd', 9), ('s2', 'd', 9);
DELETE FROM serving;
INSERT INTO worker (id, work_pool_id, name, created, last_heartbeat, heartbeat_interval)
VALUES ('w', 'p', 'My Worker', 5, 5, 1);
UPDATE worker SET session = 's', last_heartbeat = 6;
DELETE FROM worker;
INSERT INTO serving VALUES ('s1', 'd', 9);
DELETE FROM deployment;
DELETE FROM work_pool;
INSERT INTO work_pool (id, name, created, updated, type) VALUES ('p', 'pool', 5, 5, 'process');
INSERT INTO work_queue (id, work_pool_id, name, created, updated, priority) VALUES ('q', 'p', 'queue', 5, 5, 1);
DELETE FROM work_queue;
DELETE FROM flow;
INSERT INTO concurrency_limit (id, name, created, updated, slots) VALUES ('l', :name, 5, 5, 2);
UPDATE concurrency_limit SET slot_decay_per_second = 0.25, active = 0, updated = 6;
INSERT INTO concurrency_slot (limit_id, lease, slots, since) VALUES ('l', 'a', 1, 7);
INSERT INTO concurrency_slot (limit_id, lease, slots, since, holder_type, holder_id) VALUES ('l', 'b', 2, 7, 'flow_run', 'r');
DELETE FROM concurrency_slot;
DELETE FROM concurrency_limit;
INSERT INTO artifact VALUES ('a1', 5, 5, NULL, 'table', :name, '1', '{}', 'r', NULL);
INSERT INTO artifact VALUES ('a2', 5, 5, 'report', NULL, NULL, '1', '{}', 'r', 't'), ('a3', 6, 6, 'report', NULL, '', '', '{}', NULL, NULL);
UPDATE artifact SET data = '2', updated = 7 WHERE id = 'a2';
DELETE FROM artifact;
INSERT INTO asset (key, created, updated) VALUES ('s3://bare', 5, 5);
INSERT INTO asset VALUES ('s3://full', 5, 5, :name, 'https://x', 'what it is', '["me"]', NULL, NULL);
INSERT INTO asset_materialization VALUES ('m1', 's3://bare', 6, 0, NULL, '[]', NULL, NULL, NULL, NULL);
INSERT INTO asset_materialization VALUES ('m2', 's3://full', 6, 1, 'dbt', '["s3://it''s", "s3://bare"]', '{"rows": 3}', 'r', 't', 'x');
INSERT INTO block_type (id, name, slug, created, updated) VALUES ('bt', :name, 'my-type', 5, 5);
UPDATE block_type SET description = 'd', is_protected = 1, updated = 6;
INSERT INTO block_schema (id, checksum, fields, block_type_id, version, created, updated) VALUES ('bs', 'c', '{}', 'bt', '1', 5, 5);
INSERT INTO block_document (id, name, data, block_schema_id, block_type_id, created, updated)
VALUES ('bd', :name, '{"secret": "x"}', 'bs', 'bt', 5, 5);
UPDATE block_document SET data = '{}', updated = 6;
DELETE FROM block_document;
DELETE FROM block_type;
INSERT INTO automation (id, created, updated, name, definition, since) VALUES ('u', 5, 5, :name, '{"trigger": {"a": "it''s"}}', 0);
UPDATE automation SET enabled = 0, updated = 6;
DELETE FROM automation;
INSERT INTO webhook (id, name, created, updated, slug, slug_digest, template) VALUES ('h', :name, 5, 5, 's', 'd', 't');
UPDATE webhook SET enabled = 0, authentication = 'token', updated = 6;
DELETE FROM webhook;
"""


@pytest.fixture(scope="module")
def in_words(tmp_path_factory):
    """A store of the last schema whose triggers wrote words, brought to the present one after all of it has happened."""
    older = tmp_path_factory.mktemp("older")
    (older / "migrations").mkdir()
    steps = sorted((StoreOptions().folder / "migrations").glob("*.sql"))[:LAST_IN_WORDS]
    for step in steps:
        shutil.copy(step, older / "migrations")
    (older / "schema.sql").write_text("\n".join(step.read_text("utf-8") for step in steps))
    home = tmp_path_factory.mktemp("in-words")
    with used(home, StoreOptions(folder=older)):
        let_it_happen(home)
    with used(home) as store:
        yield store


@pytest.fixture(scope="module")
def in_facts(tmp_path_factory):
    """A new store in which all of it has happened."""
    home = tmp_path_factory.mktemp("in-facts")
    with used(home) as store:
        let_it_happen(home)
        yield store


@contextmanager
def used(home, options=DEFAULTS):
    store = Store(home, options)
    try:
        yield store
    finally:
        store.close()
        store.leave()


def let_it_happen(home):
    with closing(sqlite3.connect(home / "pacc.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        for statement in WHAT_HAPPENS.split(";\n"):
            connection.execute(statement, {"name": NAME} if ":name" in statement else {})


def told(store):
    """All that is read of each event, but for when something was deleted; of what it says in which order, too."""
    return [
        (
            each.event, each.seq, list(each.resource.items()), each.related, list(each.payload.items()),
            each.occurred if each.occurred.year == 1970 else None,
        )
        for each in events.after(store, 0, limit=1000)
    ]  # fmt: skip


def test_an_event_reads_the_same_in_words_and_in_facts(in_words, in_facts):
    for before, now in zip_longest(told(in_words), told(in_facts)):
        assert before == now


def test_each_trigger_that_writes_facts_was_tried(in_facts):
    triggers = in_facts.read_sql(
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%facts%'"
    )
    named = {name for row in triggers for name in re.findall(r"'(pacc\.[a-z-]+\.[a-z.-]+[a-z])'", row["sql"])}
    assert named
    assert named == {row["event"] for row in in_facts.read_sql("SELECT event FROM event")}


@pytest.mark.parametrize(("noun", "secret"), [("deployment", '"a"'), ("block-document", "secret")])
def test_what_is_nobody_elses_business_is_no_fact(in_facts, noun, secret):
    rows = in_facts.read_sql("SELECT facts FROM event WHERE event LIKE ?", (f"pacc.{noun}.%",))
    assert rows
    assert all(secret not in row["facts"] for row in rows)
