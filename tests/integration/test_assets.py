"""Assets: what tasks make outside of pacc is recorded with the run that made it and with what it was made of."""

from __future__ import annotations

import asyncio

import pytest

from pacc import flow, task
from pacc.assets import Asset, AssetProperties, add_asset_metadata, materialize
from pacc.cache_policies import INPUTS
from pacc.engine import place
from pacc.exceptions import InvalidNameError, InvalidValueError, MissingContextError, ObjectNotFound
from pacc.services import assets
from pacc.task_runners import ProcessPoolTaskRunner

RAW, CLEAN, REPORT = "s3://bucket/raw.csv", "s3://bucket/clean.csv", "file:///report.md"


@pytest.fixture
def store():
    return place.current().store


def last(store, key):
    return assets.materializations(store, key)[0]


def test_what_a_task_makes_is_recorded_with_its_run_and_what_was_told_of_it(store):
    told = AssetProperties(
        name="Raw rows", description="As they come", owners=["ada"], url="https://pacc.example"
    )

    @materialize(Asset(key=RAW, properties=told), by="dbt", tags=["etl"])
    def rows():
        add_asset_metadata(RAW, {"rows": 3})
        Asset(key=RAW).add_metadata({"size": 12})
        return 3

    @flow
    def pipeline():
        return rows()

    assert pipeline() == 3
    known, made = assets.read(store, RAW), last(store, RAW)
    assert known.properties == told
    assert known.is_fresh
    assert (made.succeeded, made.materialized_by, made.metadata) == (True, "dbt", {"rows": 3, "size": 12})
    assert made.flow_run_id is not None
    assert made.run_name.startswith("rows-")


@pytest.mark.parametrize("how", ["call", "submit", "map"])
def test_what_it_was_made_of_follows_the_results(store, how):
    @materialize(RAW)
    def raw():
        return [1, None]

    @task
    def cleaned(rows):
        return [row for row in rows if row]

    @materialize(CLEAN)
    def clean(rows):
        return rows

    @task(asset_deps=[Asset("postgres://db/prices")])
    def prices():
        return {1: 2}

    @materialize(REPORT)
    def report(rows, prices):
        return "fine"

    @flow
    def pipeline():
        if how == "call":
            report(clean(cleaned(raw())), prices())
        elif how == "submit":
            report.submit(clean.submit(cleaned.submit(raw.submit())), prices.submit()).result()
        else:
            report.map([clean.submit(cleaned.submit(raw.submit()))], [prices.submit()]).result()

    pipeline()
    assert last(store, CLEAN).upstream == (RAW,)
    assert set(last(store, REPORT).upstream) == {CLEAN, "postgres://db/prices"}
    assert assets.downstream(store, RAW) == [CLEAN]
    assert assets.read(store, "postgres://db/prices").last_succeeded is None


def test_a_failure_is_recorded_and_the_asset_is_not_fresh(store):
    @materialize(RAW)
    def rows(fail):
        if fail:
            raise ValueError("no")

    rows(fail=False)
    rows(fail=True, return_state=True)
    assert [each.succeeded for each in assets.materializations(store, RAW)] == [False, True]
    assert not assets.read(store, RAW).is_fresh


def test_nothing_is_recorded_where_the_answer_came_from_the_cache(store):
    @materialize(RAW, cache_policy=INPUTS, persist_result=True)
    def rows(day):
        return day

    @flow
    def pipeline():
        rows(1)
        rows(1)

    pipeline()
    assert len(assets.materializations(store, RAW)) == 1


def test_a_task_in_a_worker_process_tells_of_its_assets_too(store):
    @materialize(RAW)
    def rows():
        add_asset_metadata(RAW, {"rows": 3})

    @flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
    def pipeline():
        rows.submit().result()

    pipeline()
    assert last(store, RAW).metadata == {"rows": 3}


def test_async_tasks_make_assets_alike(store):
    @materialize(RAW)
    async def rows():
        add_asset_metadata(RAW, {"rows": 1})

    asyncio.run(rows())
    assert last(store, RAW).metadata == {"rows": 1}


def test_only_a_task_that_makes_an_asset_tells_of_it():
    @materialize(RAW)
    def rows():
        add_asset_metadata(CLEAN, {})

    with pytest.raises(InvalidValueError, match="does not make the asset"):
        rows()
    with pytest.raises(MissingContextError):
        add_asset_metadata(RAW, {})


@pytest.mark.parametrize(
    "key", ["rows.csv", "S3://bucket/rows", "s3://", "s3://a b", "", "s3://" + "a" * 600, 3]
)
def test_a_key_that_is_no_address_is_refused(key):
    with pytest.raises(InvalidNameError):
        materialize(key)(lambda: None)
    with pytest.raises(InvalidNameError):
        task(asset_deps=[key])(lambda: None)


def test_a_decorator_without_assets_says_what_it_takes():
    with pytest.raises(TypeError, match="takes the assets"):
        materialize(lambda: None)
    with pytest.raises(InvalidValueError, match="2,500"):
        AssetProperties(description="x" * 2501)


def test_options_are_changed_in_a_copy():
    @materialize(RAW, by="dbt")
    def rows():
        return 3

    copy = rows.with_options(retries=2)
    assert (copy.assets, copy.materialized_by, copy.retries) == (rows.assets, "dbt", 2)
    assert rows.with_options(assets=[CLEAN]).assets == (Asset(CLEAN),)


def test_assets_are_found_by_what_their_keys_hold_and_forgotten(store):
    for key in (RAW, CLEAN, REPORT, "s3://bucket/50%_off.csv"):
        materialize(key)(lambda: None)()
    assert [each.key for each in assets.select(store, prefix="s3://", limit=2)] == [
        "s3://bucket/50%_off.csv",
        CLEAN,
    ]
    assert [each.key for each in assets.select(store, search="%_O")] == ["s3://bucket/50%_off.csv"]
    assets.delete(store, RAW)
    with pytest.raises(ObjectNotFound, match="no asset"):
        assets.read(store, RAW)
