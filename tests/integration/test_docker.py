"""Docker's images and containers through a real server on loopback that speaks as much of its API as is asked of it here."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from listening import unused_port

from pacc import flow
from pacc.exceptions import ConfigurationError, InvalidValueError
from pacc.integrations.docker import DockerHost, DockerRegistryCredentials
from pacc.integrations.docker.containers import (
    create_docker_container,
    get_docker_container_logs,
    remove_docker_container,
    start_docker_container,
    stop_docker_container,
)
from pacc.integrations.docker.images import pull_docker_image

pytest.importorskip("docker", reason="needs the extra pacc[docker]")


class Daemon(BaseHTTPRequestHandler):
    """Keeps one image and the containers made of it."""

    def handle_any(self):
        parts = urlsplit(self.path)
        path = re.sub(r"^/v[\d.]+", "", parts.path)
        self.asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.body = json.loads(content) if content else {}
        status, told = self.of_containers(path) if path.startswith("/containers") else self.of_others(path)
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - the library asks for these names

    def of_others(self, path):
        if path == "/auth":
            self.server.logins.append(self.body["username"])
            return 200, {"Status": "Login Succeeded"}
        if path == "/images/create":
            known = self.asked["fromImage"] == "flows"
            return (200, {"status": "done"}) if known else (404, {"message": "no such image: other"})
        if path.startswith("/images/"):
            return 200, {"Id": "sha256:1", "RepoTags": ["flows:1"]}
        return 200, {"ApiVersion": "1.44"}

    def of_containers(self, path):
        known = self.server.known
        if path == "/containers/create":
            known[self.asked["name"]] = {
                "Id": self.asked["name"],
                "State": {"Status": "created"},
                **self.body,
            }
            return 201, {"Id": self.asked["name"]}
        name, _, verb = path.removeprefix("/containers/").partition("/")
        if name not in known:
            return 404, {"message": f"No such container: {name}"}
        if self.command == "DELETE":
            del known[name]
        if verb == "logs":
            return 200, b"\x01\0\0\0\0\0\0\x05hello"
        if verb in ("start", "stop"):
            known[name]["State"]["Status"] = {"start": "running", "stop": "exited"}[verb]
        return (200, {**known[name], "Config": {"Tty": False}}) if verb == "json" else (204, b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def daemon():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Daemon)
    server.daemon_threads, server.known, server.logins = True, {}, []
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def host(daemon):
    DockerHost(base_url=f"tcp://127.0.0.1:{daemon.server_port}").save("mine")
    return DockerHost.load("mine")


def test_a_container_is_made_started_read_stopped_and_removed(daemon, host):
    @flow
    def my_flow():
        create_docker_container(
            "flows:1", ["echo", "hello"], "mine", environment={"A": "1"}, docker_host=host
        )
        start_docker_container("mine", host)
        began = daemon.known["mine"]["State"]["Status"]
        wrote = get_docker_container_logs("mine", host, tail=1)
        stop_docker_container("mine", host)
        return began, wrote, daemon.known["mine"], remove_docker_container("mine", host).id

    began, wrote, known, gone = my_flow()
    assert (began, wrote, gone, daemon.known) == ("running", "hello", "mine", {})
    assert (known["Cmd"], known["Env"], known["State"]["Status"]) == (["echo", "hello"], ["A=1"], "exited")


def test_an_image_is_fetched_by_who_may(daemon, host):
    who = DockerRegistryCredentials(username="ada", password="canary", registry_url="registry.example")
    image = pull_docker_image("flows", "1", docker_host=host, docker_registry_credentials=who)
    assert (image.tags, daemon.logins) == (["flows:1"], ["ada"])


def test_what_docker_refuses_and_that_there_is_none_is_a_sentence(host):
    with pytest.raises(InvalidValueError, match="Docker refuses: no such image: other"):
        pull_docker_image("other", "1", docker_host=host)
    with pytest.raises(InvalidValueError, match="Docker refuses: No such container: none"):
        start_docker_container("none", host)
    nowhere = DockerHost(base_url=f"tcp://127.0.0.1:{unused_port()}")
    with pytest.raises(
        ConfigurationError, match=r"no Docker answers at tcp://127.0.0.1:\d+: Connection refused"
    ) as raised:
        start_docker_container("mine", nowhere)
    assert "Start Docker" in raised.value.hint
