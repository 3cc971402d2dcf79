"""`pacc asset`: listed, shown with when they were made, forgotten."""

from __future__ import annotations

import json

import pytest

from pacc import flow
from pacc.assets import Asset, AssetProperties, materialize


@pytest.fixture
def made(pacc_home):
    """Two assets, one made of the other."""

    @materialize(Asset("s3://bucket/raw.csv", AssetProperties(name="Raw rows")))
    def raw():
        return [1]

    @materialize("file:///report.md", by="pandoc")
    def report(rows):
        return rows

    @flow
    def pipeline():
        report(raw())

    pipeline()


def test_a_listing_shows_how_fresh_they_are(made, pacc_here):
    rows = [line.split("\t") for line in pacc_here("asset", "ls", "-o", "plain").stdout.splitlines()]
    assert [row[0] for row in rows] == ["file:///report.md", "s3://bucket/raw.csv"]
    assert rows[1][1] == "Raw rows"
    assert rows[1][3] == "made"
    assert len(json.loads(pacc_here("asset", "ls", "--prefix", "s3://", "-o", "json").stdout)) == 1


def test_one_is_shown_with_what_it_was_made_of_and_when(made, pacc_here):
    shown = pacc_here("asset", "inspect", "file:///report.md")
    assert shown.code == 0, shown.output
    assert "s3://bucket/raw.csv" in shown.stdout
    assert "pandoc" in shown.stdout
    told = json.loads(pacc_here("asset", "inspect", "s3://bucket/raw.csv", "-o", "json").stdout)
    assert told["downstream"] == ["file:///report.md"]
    assert told["materializations"][0]["succeeded"] is True


def test_one_is_forgotten(made, pacc_here):
    assert pacc_here("asset", "delete", "file:///report.md", "--force").code == 0
    ended = pacc_here("asset", "inspect", "file:///report.m")
    assert ended.code == 1
    assert 'no asset "file:///report.m"' in ended.stderr
