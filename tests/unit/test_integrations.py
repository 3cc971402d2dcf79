"""Integrations without the packages they need, and who one is to a service: what is wrong is said when it is given."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from pacc.as_prefect._finder import INTEGRATIONS
from pacc.exceptions import ConfigurationError
from pacc.integrations.aws import AwsCredentials
from pacc.integrations.azure import AzureBlobStorageContainer, AzureBlobStorageCredentials
from pacc.integrations.docker import DockerHost, DockerRegistryCredentials
from pacc.integrations.gcp import GcpCredentials
from pacc.integrations.sqlalchemy import ConnectionComponents

KEYS = "AccountName=mine;AccountKey=canary-1"
URL = "https://mine.blob.core.windows.net"
PRINCIPAL = {"client_id": "c", "tenant_id": "t", "client_secret": "canary-1"}


@pytest.mark.parametrize("name", INTEGRATIONS)
def test_every_package_of_prefects_that_has_a_counterpart_has_one(name):
    assert find_spec(INTEGRATIONS[name]) is not None


@pytest.mark.parametrize(
    ("module", "use", "package"),
    [
        ("boto3", AwsCredentials().get_boto3_session, "boto3"),
        ("google.cloud.storage", GcpCredentials().get_client, "google-cloud-storage"),
        (
            "azure.storage.blob.aio",
            AzureBlobStorageCredentials(connection_string=KEYS).get_client,
            "azure-storage-blob",
        ),
        ("docker", DockerHost().get_client, "docker"),
        ("sqlalchemy", ConnectionComponents(driver="sqlite").create_url, "sqlalchemy"),
    ],
)
def test_a_package_that_is_not_installed_is_named_with_the_extra_that_brings_it(
    monkeypatch, module, use, package
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigurationError, match=f"needs the package {package}") as raised:
        use()
    assert "pip install 'pacc[" in raised.value.hint


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "give `connection_string` or `account_url`"),
        ({"connection_string": KEYS, "account_url": URL}, "give it alone"),
        ({"account_url": URL, "client_id": "c"}, "go together"),
        ({"account_url": "mine"}, "is an address such as"),
    ],
)
def test_who_one_is_to_azure_is_said_once_and_whole(fields, said):
    with pytest.raises(ValueError, match=said):
        AzureBlobStorageCredentials(**fields)


@pytest.mark.parametrize(
    ("fields", "settings"),
    [
        ({"connection_string": KEYS}, {"connection_string": KEYS}),
        (
            {"account_url": URL, **PRINCIPAL},
            {
                "account_name": "mine",
                "account_host": "mine.blob.core.windows.net",
                "anon": False,
                **PRINCIPAL,
            },
        ),
    ],
)
def test_who_one_is_to_azure_is_kept_secret_and_told_to_fsspec(fields, settings):
    AzureBlobStorageCredentials(**fields).save("mine")
    found = AzureBlobStorageCredentials.load("mine")
    assert "canary" not in repr(found)
    assert found.fsspec_settings() == {**settings, "use_listings_cache": False}
    container = AzureBlobStorageContainer(container_name="c", credentials=found, base_folder="/etl/")
    assert container.url_of("a.csv") == "az://c/etl/a.csv"
    with pytest.raises(ValueError, match=r"holds no \.\."):
        AzureBlobStorageContainer(container_name="c", credentials=found, base_folder="a/../b")


def test_who_one_is_to_a_registry_is_kept_secret():
    DockerRegistryCredentials(username="ada", password="canary-1", registry_url="registry.example").save(
        "mine"
    )
    found = DockerRegistryCredentials.load("mine")
    assert ("canary" in repr(found), found.password.get_secret_value()) == (False, "canary-1")
