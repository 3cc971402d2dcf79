"""A service on loopback that speaks as much of Azure Blob Storage's API as its clients need here; what it holds is in memory."""

from __future__ import annotations

import threading
from email.utils import formatdate
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

ACCOUNT = "devstoreaccount1"
KEY = "a2V5"


class BlobService:
    """Containers of blobs by name; who comes without a signature is refused."""

    def __init__(self):
        self.containers = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                parts = urlsplit(self.path)
                asked = {
                    name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
                }
                _, _, container, *rest = [*unquote(parts.path).split("/", 3), ""][:5]
                blob = rest[0] if rest else ""
                self.body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if not self.headers.get("authorization", "").startswith("SharedKey"):
                    return self.answer(403, error="AuthenticationFailed")
                if not blob:
                    return self.of_container(container, asked)
                if container not in service.containers:
                    return self.answer(404, error="ContainerNotFound")
                return self.of_blob(service.containers[container], container, blob, asked)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = handle_any  # noqa: N815 - the library asks for these names

            def of_container(self, name, asked):
                if self.command == "PUT":
                    if name in service.containers:
                        return self.answer(409, error="ContainerAlreadyExists")
                    service.containers[name] = {}
                    return self.answer(201)
                if name not in service.containers:
                    return self.answer(404, error="ContainerNotFound")
                if asked.get("comp") == "list":
                    return self.answer(
                        200, listing(service.containers[name], name, asked), kind="application/xml"
                    )
                return self.answer(200)

            def of_blob(self, blobs, container, name, asked):
                if self.command == "PUT" and asked.get("comp") == "block":
                    service.blocks[container, name, asked["blockid"]] = self.body
                    return self.answer(201)
                if self.command == "PUT":
                    if self.headers.get("if-none-match") == "*" and name in blobs:
                        return self.answer(409, error="BlobAlreadyExists")
                    blobs[name] = service.given(self, container, name, asked)
                    copied = "x-ms-copy-source" in self.headers
                    told = {"x-ms-copy-status": "success", "x-ms-copy-id": "1"} if copied else None
                    return self.answer(202 if copied else 201, headers=told)
                if name not in blobs:
                    return self.answer(404, error="BlobNotFound")
                if self.command == "DELETE":
                    del blobs[name]
                    return self.answer(202)
                return self.part_of(blobs[name])

            def part_of(self, content):
                whole, wanted = len(content), self.headers.get("x-ms-range") or self.headers.get("range")
                if self.command == "HEAD" or not wanted:
                    return self.answer(200, content, kind="application/octet-stream")
                first, _, last = wanted.removeprefix("bytes=").partition("-")
                begin, end = int(first), min(int(last or whole - 1), whole - 1)
                if begin >= whole:
                    return self.answer(416, error="InvalidRange")
                told = {"content-range": f"bytes {begin}-{end}/{whole}"}
                return self.answer(206, content[begin : end + 1], headers=told)

            def answer(self, status, content=b"", *, kind="application/xml", error=None, headers=None):
                if error:
                    content = f"<Error><Code>{error}</Code><Message>{error}</Message></Error>".encode()
                told = {
                    "content-type": kind,
                    "content-length": str(len(content)),
                    "etag": tag(content),
                    "last-modified": formatdate(usegmt=True),
                    "x-ms-blob-type": "BlockBlob",
                    **({"x-ms-error-code": error} if error else {}),
                    **(headers or {}),
                }
                self.send_response(status)
                for name, value in told.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.blocks = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/{ACCOUNT}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def given(self, request, container, name, asked):
        """What a blob is to hold: the body, blocks that were sent before, or another blob."""
        if source := request.headers.get("x-ms-copy-source"):
            _, _, other, path = unquote(urlsplit(source).path).split("/", 3)
            return self.containers[other][path]
        if asked.get("comp") == "blocklist":
            ids = [each.text for each in ET.fromstring(request.body)]
            return b"".join(self.blocks.pop((container, name, each)) for each in ids)
        return request.body

    @property
    def connection_string(self):
        """What a client connects with."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={self.url};"
        )

    def close(self):
        """End it."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def tag(content):
    """The tag that tells one content from another."""
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def listing(blobs, container, asked):
    """The blobs of a container as XML, folders apart where a delimiter says where they end."""
    prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter")
    files, folders = {}, set()
    for name, content in sorted(blobs.items()):
        if name.startswith(prefix):
            inside = name[len(prefix) :]
            if delimiter and delimiter in inside:
                folders.add(prefix + inside.split(delimiter)[0] + delimiter)
            else:
                files[name] = content
    told = "".join(
        f"<Blob><Name>{escape(name)}</Name><Properties><Content-Length>{len(content)}</Content-Length>"
        f"<Etag>{escape(tag(content))}</Etag><BlobType>BlockBlob</BlobType>"
        f"<Last-Modified>{formatdate(usegmt=True)}</Last-Modified></Properties></Blob>"
        for name, content in files.items()
    )
    told += "".join(f"<BlobPrefix><Name>{escape(each)}</Name></BlobPrefix>" for each in sorted(folders))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="{container}">'
        f"<Blobs>{told}</Blobs><NextMarker/></EnumerationResults>"
    ).encode()
