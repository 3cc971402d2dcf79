"""Artifacts from code: made by runs, versions of their keys, in both colours."""

from __future__ import annotations

import asyncio
import json
import math
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc import artifacts, flow, task
from pacc.artifacts import (
    Artifact,
    ImageArtifact,
    LinkArtifact,
    MarkdownArtifact,
    TableArtifact,
    create_flow_run_artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from pacc.client.orchestration import get_client
from pacc.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from pacc.client.schemas.filters import ArtifactCollectionFilter, ArtifactFilter, FlowRunFilter
from pacc.client.schemas.sorting import ArtifactSort
from pacc.exceptions import InvalidNameError, InvalidValueError, ObjectNotFound
from pacc.presentation.artifacts import rows_of
from pacc.schemas.artifacts import data_text


@pytest.fixture
def client():
    return get_client(sync_client=True)


def test_each_kind_is_kept_as_what_it_is(client):
    create_link_artifact("https://pacc.example", link_text="pacc", key="link")
    create_markdown_artifact("# Weather", key="text", description="Very scientific")
    create_table_artifact([{"city": "Ulm", "degrees": math.nan}], key="table")
    create_progress_artifact(12.5, key="progress")
    create_image_artifact("https://pacc.example/map.png", key="image")
    create_flow_run_artifact(key="error-details", data={"error": "no such city"})
    kept = {each.key: (each.type, each.data) for each in client.read_artifacts()}
    assert kept == {
        "link": ("markdown", "[pacc](https://pacc.example)"),
        "text": ("markdown", "# Weather"),
        "table": ("table", '[{"city":"Ulm","degrees":null}]'),
        "progress": ("progress", 12.5),
        "image": ("image", "https://pacc.example/map.png"),
        "error-details": ("json", {"error": "no such city"}),
    }


def test_an_artifact_belongs_to_the_runs_that_made_it(client):
    @task
    def report():
        return create_markdown_artifact("x", key="of-a-task")

    @flow
    def reporting():
        return report(), create_markdown_artifact("x", key="of-a-flow")

    reporting()
    run = client.read_flow_runs()[0]
    inner = client.read_task_runs()[0]
    of_task, of_flow = Artifact.get("of-a-task"), Artifact.get("of-a-flow")
    assert (of_task.flow_run_id, of_task.task_run_id) == (run.id, inner.id)
    assert (of_flow.flow_run_id, of_flow.task_run_id) == (run.id, None)


def test_artifacts_of_one_key_are_versions_of_each_other(client):
    for number in range(3):
        create_markdown_artifact(f"version {number}", key="report")
    create_markdown_artifact("alone")
    assert Artifact.get("report").data == "version 2"
    assert [each.data for each in client.read_latest_artifacts()] == ["version 2"]
    assert len(client.read_artifacts()) == 4


def test_progress_is_updated_in_place_and_kept_within_bounds():
    made = create_progress_artifact(-3, key="upload")
    assert Artifact.get("upload").data == 0
    assert update_progress_artifact(made, 140, description="done") == made
    found = Artifact.get("upload")
    assert (found.id, found.data, found.description) == (made, 100, "done")


@pytest.mark.parametrize("progress", ["half", None, math.nan])
def test_progress_that_is_no_number_is_refused(progress):
    with pytest.raises(InvalidValueError, match="progress"):
        create_progress_artifact(progress)


def test_only_progress_is_updated_as_progress():
    text = create_markdown_artifact("x")
    for missing in (text, uuid4()):
        with pytest.raises(ObjectNotFound, match="no progress artifact"):
            update_progress_artifact(missing, 50)


def test_one_is_made_where_there_is_none():
    made, new = MarkdownArtifact.get_or_create("report", markdown="first", description="a report")
    assert (made.data, made.description, new) == ("first", "a report", True)
    assert MarkdownArtifact.get_or_create("report", markdown="second")[1] is False
    assert Artifact.get() is None


def test_classes_format_what_they_keep():
    assert (
        LinkArtifact(link="https://pacc.example").format() == "[https://pacc.example](https://pacc.example)"
    )
    assert ImageArtifact(image_url="map.png").format() == "map.png"
    assert json.loads(TableArtifact(table={"a": [1]}).format()) == {"a": [1]}
    with pytest.raises(InvalidValueError, match="a table is"):
        TableArtifact(table="a,b").create()


def test_async_code_awaits_the_same_names():
    @flow
    async def reporting():
        made = await create_markdown_artifact("plain name", key="report")
        await artifacts.acreate_progress_artifact(10, key="progress")
        found = await Artifact.get("report")
        return made == found.id

    assert asyncio.run(reporting())
    assert asyncio.run(Artifact.aget("progress")).data == 10


@pytest.mark.parametrize("key", ["Weather", "a_b", "a b", "ü", "a/b"])
def test_a_key_that_cannot_be_is_refused(key):
    with pytest.raises(InvalidNameError, match="is no key for an artifact"):
        create_markdown_artifact("x", key=key)


def test_data_that_json_has_no_word_for_is_refused():
    with pytest.raises(InvalidValueError, match="no JSON for a object"):
        create_flow_run_artifact(data={"it": object()})


def test_dates_and_ids_are_kept_as_text():
    identity = uuid4()
    assert json.loads(data_text({"day": date(2026, 11, 26), "id": identity})) == {
        "day": "2026-11-26",
        "id": str(identity),
    }


def test_the_client_makes_changes_filters_and_removes(client):
    made = client.create_artifact(ArtifactCreate(key="a", type="markdown", data="x", metadata_={"rows": "3"}))
    client.create_artifact(ArtifactCreate(key="b", type="table", data="[]"))
    client.update_artifact(made.id, ArtifactUpdate(description="changed"))
    changed = client.read_artifacts(artifact_filter=ArtifactFilter(key={"any_": ["a"]}))[0]
    assert (changed.description, changed.data, changed.metadata_) == ("changed", "x", {"rows": "3"})
    by_key = client.read_artifacts(sort=ArtifactSort.KEY_ASC, limit=1)
    assert [each.key for each in by_key] == ["a"]
    tables = ArtifactCollectionFilter(type={"any_": ["table"]}, key={"exists_": True})
    assert [each.key for each in client.read_latest_artifacts(artifact_filter=tables)] == ["b"]
    assert client.read_artifacts(flow_run_filter=FlowRunFilter(name={"any_": ["nobody"]})) == []
    client.delete_artifact(made.id)
    with pytest.raises(ObjectNotFound):
        client.delete_artifact(made.id)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_what_json_can_say_comes_back_as_it_was(value):
    text = data_text(value)
    assert (None if text is None else json.loads(text)) == value


@given(json_values)
def test_anything_is_shown_as_a_table_or_said_to_be_none(value):
    found = rows_of(value)
    if found is not None:
        headings, rows = found
        assert all(len(row) == len(headings) for row in rows)
