"""`AzureBlobStorageContainer` against a real server on loopback that speaks like Azure Blob Storage: blobs, folders and results."""

from __future__ import annotations

import io

import pytest
from blob_service import BlobService

from pacc import flow, task
from pacc.deployments.steps.core import do_step
from pacc.integrations.azure import AzureBlobStorageContainer, AzureBlobStorageCredentials
from pacc.integrations.azure.blob_storage import blob_storage_download, blob_storage_list, blob_storage_upload

pytest.importorskip("adlfs", reason="needs the extra pacc[azure]")

FILES = {"a.csv": b"a", "deep/b.csv": b"bb"}


@pytest.fixture(scope="module")
def endpoint():
    made = BlobService()
    yield made
    made.close()


@pytest.fixture
def credentials(endpoint):
    return AzureBlobStorageCredentials(connection_string=endpoint.connection_string)


@pytest.fixture(params=[None, "etl"], ids=["container", "folder"])
def container(request, endpoint, credentials):
    """A new container, saved and loaded."""
    endpoint.containers["c"] = {}
    AzureBlobStorageContainer(container_name="c", credentials=credentials, base_folder=request.param).save(
        "my-container"
    )
    return AzureBlobStorageContainer.load("my-container")


def key(container, path):
    return f"{container.base_folder or ''}/{path}".lstrip("/")


def test_what_is_written_is_read_and_is_there_for_others(container, endpoint):
    container.write_path("a/b.txt", b"hello")
    assert container.read_path("a/b.txt") == b"hello"
    assert endpoint.containers["c"] == {key(container, "a/b.txt"): b"hello"}
    with pytest.raises(FileNotFoundError):
        container.read_path("nothing")
    with pytest.raises(ValueError, match="does not lie inside"):
        container.read_path("../x")


def test_blobs_and_folders_come_and_go(container, tmp_path):
    for path, content in FILES.items():
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(content)
    container.upload_from_folder(tmp_path / "in", "")
    assert container.upload_from_file_object(io.BytesIO(b"xyz"), "x") == key(container, "x")
    assert container.list_blobs() == [key(container, path) for path in (*FILES, "x")]
    assert [each["Size"] for each in container.list_objects()] == [1, 2, 3]
    container.move_object("x", "y")
    assert container.download_object_to_path("y", tmp_path / "y").read_bytes() == b"xyz"
    held = container.download_object_to_file_object("y", io.BytesIO())
    assert held.getvalue() == b"xyz"
    container.download_folder_to_path("deep", tmp_path / "out")
    container.get_directory(local_path=str(tmp_path / "all"))
    copies = [tmp_path / "out" / "b.csv", tmp_path / "all" / "deep" / "b.csv"]
    assert [each.read_bytes() for each in copies] == [b"bb", b"bb"]


def test_results_of_a_flow_are_kept_in_it(container):
    @task(persist_result=True, result_storage_key="it")
    def compute():
        return {"a": [2, 3]}

    @flow(result_storage=AzureBlobStorageContainer.load("my-container"))
    def my_flow():
        return compute(return_state=True).result()

    assert my_flow() == {"a": [2, 3]}
    assert key(container, "it") in container.list_blobs()


def test_tasks_write_read_and_list_single_blobs(endpoint, credentials):
    endpoint.containers["single"] = {}

    @flow
    def my_flow():
        blob_storage_upload(b"hello", "single", credentials, "a.txt")
        blob_storage_upload(b"hello again", "single", credentials, "a.txt", overwrite=True)
        made_up = blob_storage_upload(b"other", "single", credentials)
        found = blob_storage_list("single", credentials)
        return blob_storage_download("single", "a.txt", credentials), {each.name for each in found}, made_up

    content, names, made_up = my_flow()
    assert (content, names) == (b"hello again", {"a.txt", made_up})


async def read(credentials):
    async with credentials.get_blob_client("own", "a.txt") as client:
        return await (await client.download_blob()).readall()


def test_azures_own_client_is_asynchronous(endpoint, credentials):
    import asyncio

    endpoint.containers["own"] = {"a.txt": b"hello"}
    assert asyncio.run(read(credentials)) == b"hello"


def test_steps_put_the_code_of_flows_into_a_container_and_bring_it_back(endpoint, tmp_path, monkeypatch):
    endpoint.containers["code"] = {}
    (tmp_path / "a.py").write_bytes(b"a")
    where = {
        "container": "code", "folder": "flows", "credentials": {"connection_string": endpoint.connection_string}
    }  # fmt: skip
    monkeypatch.chdir(tmp_path)
    steps = "prefect_azure.deployments.steps"
    pushed = do_step({f"{steps}.push_to_azure_blob_storage": where})
    assert (pushed["folder"], endpoint.containers["code"]["flows/a.py"]) == ("flows", b"a")
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path / "run")
    pulled = do_step({f"{steps}.pull_from_azure_blob_storage": where})
    assert (tmp_path / "run" / "a.py").read_bytes() == b"a"
    assert pulled["directory"] == str(tmp_path / "run")
