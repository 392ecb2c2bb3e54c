# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Real servers of datastores on free ports of this machine, in threads, each with credentials."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CSV = "a,b\n1,2\n3,4\n"
FILES = {"titanic.csv": CSV, "year=2025/a.csv": CSV, "year=2026/b c.csv": CSV}
"""What each server has."""
MARK = "Mark-3fQ9/xW+7zLk2Vn8"
"""A secret that is searched for everywhere."""


@dataclass
class StorageServer:
    """A running server.

    Attributes
    ----------
    spec
        A datastore of it, without its name, and with credentials.
    secrets
        The values that must be found nowhere.
    private_key
        Of the user, where the server accepts one.
    """

    spec: dict[str, Any]
    secrets: list[str] = field(default_factory=list)
    private_key: str = ""

    def wrong(self) -> dict[str, Any]:
        """Return the spec with a wrong secret."""
        spec = json.loads(json.dumps(self.spec))
        places = {"s3": ("secret",), "sftp": ("password",), "gcs": ("token",), "http": ("headers", "Authorization")}
        *path, last = places[spec["type"]]
        inner = spec["credentials"]
        for part in path:
            inner = inner[part]
        inner[last] = f"wrong-{MARK}"
        return spec


def write_files(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[StorageServer]:
    """Return a bucket of an S3 server that checks signatures."""
    with serving_s3(FILES) as server:
        yield server


@contextmanager
def serving_s3(files: Mapping[str, str]) -> Iterator[StorageServer]:
    """Run an S3 server that checks signatures, with files below ``data`` in its bucket ``lake``."""
    import boto3
    import requests
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    anyone = {"aws_access_key_id": "AKIAANYONE", "aws_secret_access_key": "x" * 20, "region_name": "us-east-1"}
    client = partial(boto3.client, endpoint_url=url, **anyone)
    s3, iam = client("s3"), client("iam")
    s3.create_bucket(Bucket="lake")
    for name, text in files.items():
        s3.put_object(Bucket="lake", Key=f"data/{name}", Body=text.encode())
    iam.create_user(UserName="reader")
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    iam.put_user_policy(UserName="reader", PolicyName="all", PolicyDocument=json.dumps(allow))
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    requests.post(f"{url}/moto-api/reset-auth", data=b"0", timeout=60)  # from now on
    credentials = {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
    spec = {
        "type": "s3",
        "bucket": "lake",
        "prefix": "data",
        "endpoint_url": url,
        "region": "us-east-1",
        "credentials": credentials,
    }
    try:
        yield StorageServer(spec, [*credentials.values()])
    finally:
        server.stop()


@pytest.fixture(scope="session")
def gcs_server() -> Iterator[StorageServer]:
    """Return a bucket of a server of Google Cloud Storage that requires an access token."""
    from gcp_storage_emulator.server import RequestHandler
    from gcp_storage_emulator.storage import Storage

    class Handler(RequestHandler):
        def parse_request(self) -> bool:
            if not super().parse_request():
                return False
            if self.headers.get("Authorization") == f"Bearer {MARK}":
                return True
            body = json.dumps({"error": {"code": 401, "message": "Invalid Credentials"}}).encode()
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return False

    storage = Storage(use_memory_fs=True)
    storage.create_bucket("lake", {"name": "lake", "kind": "storage#bucket"})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, storage)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        for name, text in FILES.items():
            upload = f"{url}/upload/storage/v1/b/lake/o?uploadType=media&name={quote(f'data/{name}')}"
            headers = {"Authorization": f"Bearer {MARK}", "Content-Type": "text/csv"}
            urlopen(Request(upload, text.encode(), headers), timeout=60).close()
        spec = {"type": "gcs", "bucket": "lake", "prefix": "data", "endpoint_url": url, "credentials": {"token": MARK}}
        yield StorageServer(spec, [MARK])
        server.shutdown()


@pytest.fixture(scope="session")
def http_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageServer]:
    """Return a web server that requires a token."""
    folder = tmp_path_factory.mktemp("http")
    write_files(folder)

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != f"Bearer {MARK}":
                self.send_error(401)
            elif self.path.startswith("/elsewhere/"):
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()
            else:
                super().do_GET()

        do_HEAD = do_GET  # noqa: N815 -- its name

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        headers = {"Authorization": f"Bearer {MARK}"}
        url = f"http://127.0.0.1:{server.server_address[1]}"
        yield StorageServer({"type": "http", "url": url, "credentials": {"headers": headers}}, [MARK])
        server.shutdown()


@contextmanager
def _loop_thread() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def sftp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageServer]:
    """Return an SFTP server with a user, a password and a key."""
    import asyncssh

    folder = tmp_path_factory.mktemp("sftp")
    write_files(folder / "data")
    host_key, user_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    authorized = asyncssh.import_authorized_keys(user_key.export_public_key().decode())

    connections: list[asyncssh.SSHServerConnection] = []

    class Server(asyncssh.SSHServer):
        def connection_made(self, connection: asyncssh.SSHServerConnection) -> None:
            connections.append(connection)

        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("bob", MARK)

    async def listen() -> Any:
        return await asyncssh.create_server(
            Server,
            "127.0.0.1",
            0,
            server_host_keys=[host_key],
            authorized_client_keys=authorized,
            sftp_factory=lambda connection: asyncssh.SFTPServer(connection, chroot=str(folder).encode()),
        )

    with _loop_thread() as loop:
        server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
        public = host_key.export_public_key().decode().split()
        spec = {
            "type": "sftp",
            "host": "127.0.0.1",
            "port": server.get_port(),
            "path": "/data",
            "host_key": " ".join(public[:2]),
            "credentials": {"user": "bob", "password": MARK},
        }
        yield StorageServer(spec, [MARK], private_key=user_key.export_private_key().decode())

        async def end() -> None:
            server.close()
            for connection in connections:
                connection.abort()
                await connection.wait_closed()

        asyncio.run_coroutine_threadsafe(end(), loop).result()


@pytest.fixture(params=["s3", "gcs", "sftp", "http"])
def storage_server(request: pytest.FixtureRequest) -> StorageServer:
    """Return each of the servers."""
    server: StorageServer = request.getfixturevalue(f"{request.param}_server")
    return server
