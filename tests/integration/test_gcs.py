"""`GcsBucket` against a real server on loopback that stands in for Cloud Storage: objects, folders and results."""

from __future__ import annotations

import io
import os

import pytest

from pacc import flow, task
from pacc.deployments.steps.core import do_step
from pacc.exceptions import ConfigurationError
from pacc.integrations.gcp import GcpCredentials, GcsBucket
from pacc.integrations.gcp.cloud_storage import GCSBucket

os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # the server does not speak gRPC

pytest.importorskip("gcsfs", reason="needs the extra pacc[gcp]")
emulator = pytest.importorskip("gcp_storage_emulator.server", reason="needs gcp-storage-emulator")

FILES = {"a.csv": b"a", "deep/b.csv": b"bb"}


@pytest.fixture(scope="module")
def endpoint():
    made = emulator.create_server("127.0.0.1", 0, in_memory=True)
    made.start()
    yield f"http://127.0.0.1:{made._api._httpd.server_port}"
    made.stop()


@pytest.fixture(params=["", "etl"], ids=["bucket", "folder"])
def bucket(request, endpoint, monkeypatch, tmp_path):
    """A new bucket, saved and loaded."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", endpoint)
    name = f"b-{abs(hash(str(tmp_path))):x}"
    made = GCSBucket(bucket=name, gcp_credentials=GcpCredentials(project="p"), bucket_folder=request.param)
    made.create_bucket()
    made.save("my-bucket-block")
    return GcsBucket.load("my-bucket-block")


def key(bucket, path):
    return f"{bucket.bucket_folder}/{path}".lstrip("/")


def test_what_is_written_is_read_and_is_there_for_others(bucket):
    bucket.write_path("a/b.txt", b"hello")
    assert bucket.read_path("a/b.txt") == b"hello"
    assert bucket.get_bucket().blob(key(bucket, "a/b.txt")).download_as_bytes() == b"hello"
    with pytest.raises(FileNotFoundError):
        bucket.read_path("nothing")
    with pytest.raises(ValueError, match="does not lie inside"):
        bucket.read_path("../x")


def test_objects_and_folders_come_and_go(bucket, tmp_path):
    for path, content in FILES.items():
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(content)
    bucket.upload_from_folder(tmp_path / "in")
    assert bucket.upload_from_file_object(io.BytesIO(b"xyz"), "x") == key(bucket, "x")
    assert [each["Key"] for each in bucket.list_blobs()] == [key(bucket, path) for path in (*FILES, "x")]
    bucket.move_object("x", "y")
    assert bucket.download_object_to_path("y", tmp_path / "y").read_bytes() == b"xyz"
    bucket.download_folder_to_path("deep", tmp_path / "out")
    bucket.get_directory(local_path=str(tmp_path / "all"))
    assert (
        (tmp_path / "out" / "b.csv").read_bytes()
        == (tmp_path / "all" / "deep" / "b.csv").read_bytes()
        == b"bb"
    )


def test_results_of_a_flow_are_kept_in_it(bucket):
    @task(persist_result=True, result_storage_key="it")
    def compute():
        return {"a": [2, 3]}

    @flow(result_storage=GcsBucket.load("my-bucket-block"))
    def my_flow():
        return compute(return_state=True).result()

    assert my_flow() == {"a": [2, 3]}
    assert key(bucket, "it") in [each["Key"] for each in bucket.list_blobs()]


def test_credentials_are_a_file_or_its_content_and_stay_secret(tmp_path):
    with pytest.raises(ValueError, match="not both"):
        GcpCredentials(service_account_info={}, service_account_file=tmp_path)
    info = {"private_key": "canary-1", "client_email": "a@b"}
    GcpCredentials(service_account_info=info, project="p").save("mine")
    found = GcpCredentials.load("mine")
    assert found.fsspec_settings() == {"token": info, "project": "p", "use_listings_cache": False}
    assert "canary" not in repr(found)
    assert GcpCredentials(service_account_file=tmp_path / "k.json").fsspec_settings()["token"] == str(
        tmp_path / "k.json"
    )
    with pytest.raises(ConfigurationError, match='not for "bigquery"'):
        found.get_client("bigquery")


def test_steps_put_the_code_of_flows_into_a_bucket_and_bring_it_back(bucket, tmp_path, monkeypatch):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_bytes(b"a")
    where = {"bucket": bucket.bucket, "folder": "flows", "project": "p"}
    monkeypatch.chdir(tmp_path / "code")
    do_step({"prefect_gcp.deployments.steps.push_to_gcs": where})
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path / "run")
    pulled = do_step({"prefect_gcp.deployments.steps.pull_from_gcs": where})
    assert (tmp_path / "run" / "a.py").read_bytes() == b"a"
    assert pulled == {"bucket": bucket.bucket, "folder": "flows", "directory": str(tmp_path / "run")}
