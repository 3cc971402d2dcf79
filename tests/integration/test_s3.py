"""`S3Bucket` against a real server on loopback, moto's: objects and folders come and go, results are kept, secrets stay secret."""

from __future__ import annotations

import asyncio
import io
import os

import pytest

from pacc import flow, task
from pacc.blocks.core import Block
from pacc.deployments.steps.core import do_step
from pacc.exceptions import ConfigurationError, ObjectNotFound, StepExecutionError
from pacc.filesystems import RemoteFileSystem
from pacc.filesystems.places import place_for
from pacc.integrations.aws import AwsClientParameters, AwsCredentials, AwsSecret, MinIOCredentials, S3Bucket

FILES = {"a.csv": b"a", "deep/b.csv": b"bb", "deep/er/c.csv": b"ccc"}

s3 = pytest.importorskip("s3fs", reason="needs the extra pacc[aws]")
server = pytest.importorskip("moto.server", reason="needs moto and flask")


@pytest.fixture(scope="module")
def endpoint():
    made = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture(scope="module")
def client(endpoint):
    """A client of its own, to make buckets with and to look into them."""
    return aws(endpoint).get_client("s3")


def aws(endpoint, **more):
    return AwsCredentials(
        aws_access_key_id="ada",
        aws_secret_access_key="canary-1",
        region_name="us-east-1",
        aws_client_parameters=AwsClientParameters(endpoint_url=endpoint),
        **more,
    )


def minio(endpoint):
    return MinIOCredentials(
        minio_root_user="ada",
        minio_root_password="canary-1",
        region_name="us-east-1",
        aws_client_parameters=AwsClientParameters(endpoint_url=endpoint),
    )


@pytest.fixture(autouse=True)
def _nobody_elses_credentials(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=[(aws, ""), (minio, "etl")], ids=["aws", "minio with a folder"])
def bucket(request, endpoint, client, tmp_path):
    """A new bucket, saved and loaded."""
    credentials, folder = request.param
    name = f"b-{abs(hash(str(tmp_path))):x}"
    client.create_bucket(Bucket=name)
    S3Bucket(bucket_name=name, credentials=credentials(endpoint), bucket_folder=folder).save("data")
    return S3Bucket.load("data")


@pytest.fixture
def project(tmp_path):
    for path, content in FILES.items():
        (tmp_path / "project" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / path).write_bytes(content)
    return tmp_path / "project"


def key(bucket, path):
    return f"{bucket.bucket_folder}/{path}".lstrip("/")


def found_below(folder):
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_what_is_written_is_read_and_is_there_for_others(bucket):
    bucket.write_path("a/b.txt", b"hello")
    assert bucket.read_path("a/b.txt") == b"hello"
    there = bucket.credentials.get_s3_client().get_object(
        Bucket=bucket.bucket_name, Key=key(bucket, "a/b.txt")
    )
    assert there["Body"].read() == b"hello"
    with pytest.raises(FileNotFoundError):
        bucket.read_path("nothing")


def test_objects_come_and_go(bucket, project, tmp_path):
    assert bucket.upload_from_path(project / "a.csv") == key(bucket, "a.csv")
    assert bucket.upload_from_file_object(io.BytesIO(b"xyz"), "deep/x.csv") == key(bucket, "deep/x.csv")
    told = {each["Key"]: each["Size"] for each in bucket.list_objects()}
    assert told == {key(bucket, "a.csv"): 1, key(bucket, "deep/x.csv"): 3}
    assert bucket.download_object_to_path("deep/x.csv", tmp_path / "new" / "x").read_bytes() == b"xyz"
    into = io.BytesIO()
    bucket.download_object_to_file_object(key(bucket, "a.csv"), into)
    assert into.getvalue() == b"a"
    assert bucket.copy_object("a.csv", "copy.csv") == key(bucket, "copy.csv")
    assert bucket.move_object("copy.csv", "moved.csv") == key(bucket, "moved.csv")
    left = [each["Key"] for each in bucket.list_objects()]
    assert left == sorted(key(bucket, path) for path in ("a.csv", "deep/x.csv", "moved.csv"))


def test_folders_come_and_go(bucket, project, tmp_path):
    bucket.upload_from_folder(project, "in")
    bucket.download_folder_to_path("in", tmp_path / "out")
    assert found_below(tmp_path / "out") == FILES
    assert bucket.put_directory(str(project), to_path="again") == 3
    bucket.get_directory("again", str(tmp_path / "got"))
    assert found_below(tmp_path / "got") == FILES
    with pytest.raises(FileNotFoundError):
        bucket.download_folder_to_path("nothing", tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        bucket.upload_from_folder(tmp_path / "nothing")


def test_listings_can_be_of_a_folder_without_those_below_and_short(bucket, project):
    bucket.upload_from_folder(project)
    assert [each["Key"] for each in bucket.list_objects("deep", delimiter="/")] == [key(bucket, "deep/b.csv")]
    assert len(bucket.list_objects(max_items=2)) == 2
    with pytest.raises(ValueError, match="the delimiter"):
        bucket.list_objects(delimiter=",")


@pytest.mark.parametrize("path", ["../other/x", "a/../../x", "/x"])
def test_no_path_leads_out_of_the_bucket_s_folder(bucket, path, tmp_path):
    for use in (
        lambda: bucket.read_path(path),
        lambda: bucket.write_path(path, b""),
        lambda: bucket.upload_from_file_object(io.BytesIO(), path),
        lambda: bucket.download_object_to_path(path, tmp_path / "x"),
        lambda: bucket.list_objects(path),
    ):
        with pytest.raises(ValueError, match="does not lie inside"):
            use()


def test_in_async_code_everything_is_awaited(bucket):
    async def use():
        await bucket.write_path("a", b"1")
        await bucket.aupload_from_file_object(io.BytesIO(b"2"), "b")
        return await bucket.read_path("a"), len(await bucket.list_objects()), await bucket.aread_path("b")

    assert asyncio.run(use()) == (b"1", 2, b"2")


def test_results_are_kept_in_it_and_read_in_any_process(bucket, run_python):
    @task(result_storage="s3-bucket/data", cache_key_fn=lambda *_: "kept", persist_result=True)
    def compute():
        return {"answer": 42}

    @flow
    def outer():
        return compute(return_state=True).name, compute(return_state=True).name

    assert outer() == ("Completed", "Cached")
    assert [each["Key"] for each in bucket.list_objects()] == [key(bucket, "kept")]
    ended = run_python(
        "from pacc import get_client\n"
        "with get_client(sync_client=True) as client:\n"
        "    print([run.state.result() for run in client.read_task_runs()])\n"
    )
    assert ended.stdout == "[{'answer': 42}, {'answer': 42}]\n", ended.output


def test_one_that_is_not_saved_is_no_place_for_results(endpoint):
    with pytest.raises(TypeError, match="a S3Bucket has to be saved"):
        place_for(S3Bucket(bucket_name="data", credentials=aws(endpoint)))
    with pytest.raises(TypeError, match="has to be saved"):
        place_for(RemoteFileSystem(basepath="s3://data", settings={"key": "k"}))


def test_a_role_is_taken(endpoint, client):
    role = aws(endpoint, assume_role_arn="arn:aws:iam::123456789012:role/etl")
    client.create_bucket(Bucket="by-role")
    other = S3Bucket(bucket_name="by-role", credentials=role)
    other.write_path("it", b"x")
    assert other.read_path("it") == b"x"
    assert other.credentials.fsspec_settings()["token"]


def test_a_bucket_can_be_filled_from_another(bucket, client):
    client.create_bucket(Bucket=f"{bucket.bucket_name}-2")
    other = S3Bucket(bucket_name=f"{bucket.bucket_name}-2", credentials=bucket.credentials)
    bucket.write_path("deep/a", b"one")
    assert other.stream_from(bucket, "deep/a") == "a"
    assert bucket.copy_object("deep/a", "b", to_bucket=other) == "b"
    assert (other.read_path("a"), other.read_path("b")) == (b"one", b"one")


def test_its_secret_is_in_no_file_and_no_text(bucket, pacc_home):
    shown = repr(bucket) + repr(bucket.credentials) + bucket.model_dump_json()
    assert "canary" not in shown
    for file in pacc_home.rglob("*"):
        assert not file.is_file() or b"canary" not in file.read_bytes()
    assert type(Block.load("s3-bucket/data").credentials) is type(bucket.credentials)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ConfigurationError, match="needs the package boto3") as caught:
        AwsCredentials().get_s3_client()
    assert "pacc[aws]" in caught.value.hint


def test_certificates_and_other_settings_reach_the_client(tmp_path):
    (tmp_path / "ca.pem").write_text("")
    there = AwsClientParameters(
        verify=tmp_path / "ca.pem", config={"retries": {"max_attempts": 1}}, use_ssl=False
    )
    settings = AwsCredentials(aws_client_parameters=there, region_name="eu-central-1").fsspec_settings()
    assert settings["client_kwargs"] == {
        "verify": os.fspath(tmp_path / "ca.pem"),
        "region_name": "eu-central-1",
    }
    assert (settings["config_kwargs"], settings["use_ssl"]) == ({"retries": {"max_attempts": 1}}, False)


# -- the Secrets Manager -----------------------------------------------------------------------------------------------


def test_a_secret_that_aws_keeps_is_written_read_and_deleted(endpoint):
    AwsSecret(aws_credentials=aws(endpoint), secret_name="etl/key").save("key")
    secret = AwsSecret.load("key")
    with pytest.raises(ObjectNotFound, match='AWS has no secret "etl/key"'):
        secret.read_secret()
    made = secret.write_secret(b"one")
    assert secret.write_secret(b"two") == made
    assert secret.read_secret() == b"two"
    assert secret.read_secret(version_stage="AWSPREVIOUS") == b"one"

    async def in_async_code():
        return await secret.read_secret(), await secret.aread_secret()

    assert asyncio.run(in_async_code()) == (b"two", b"two")
    with pytest.raises(ValueError, match="7 to 30 days, not 3"):
        secret.delete_secret(recovery_window_in_days=3)
    assert secret.delete_secret(force_delete_without_recovery=True) == made
    with pytest.raises(ObjectNotFound):
        secret.delete_secret()


def test_a_secret_stored_as_text_comes_back_as_utf_8(endpoint):
    aws(endpoint).get_secrets_manager_client().create_secret(Name="text", SecretString="grün")
    assert AwsSecret(aws_credentials=aws(endpoint), secret_name="text").read_secret() == "grün".encode()


def test_steps_put_the_code_of_flows_into_a_bucket_and_bring_it_back(
    endpoint, client, project, tmp_path, monkeypatch
):
    steps = "prefect_aws.deployments.steps"
    client.create_bucket(Bucket="code")
    minio(endpoint).save("mine")
    (project / ".prefectignore").write_text("deep/er\n.prefectignore\n")
    slug = minio(endpoint).get_block_type_slug()
    where = {"bucket": "code", "folder": "flows/", "credentials": f"{{{{ prefect.blocks.{slug}.mine }}}}"}
    monkeypatch.chdir(project)
    assert do_step({f"{steps}.push_to_s3": where}) == {
        "bucket": "code",
        "folder": "flows/",
    }
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path / "run")
    pulled = do_step({f"{steps}.pull_from_s3": {**where, "client_parameters": {"verify": True}}})
    assert pulled["directory"] == str(tmp_path / "run")
    found = {
        each.relative_to(tmp_path / "run").as_posix()
        for each in (tmp_path / "run").rglob("*")
        if each.is_file()
    }
    assert found == {"a.csv", "deep/b.csv"}
    for wrong in ({"folder": "../x"}, {"credentials": {"region_name": 3}}):
        with pytest.raises(StepExecutionError, match="the inputs do not fit"):
            do_step({f"{steps}.pull_from_s3": {**where, **wrong}})
    with pytest.raises(StepExecutionError, match="FileNotFoundError"):
        do_step({f"{steps}.pull_from_s3": {**where, "folder": "other"}})
