# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jupyter servers fulfill the contract of computes, and their programs survive all that is between."""

from __future__ import annotations

import asyncio
import sys
import threading
import uuid
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

import psutil
import pytest

from jupyter_ml.compute.jupyterserver.server import JupyterServer
from jupyter_ml.compute.process import Exit, ProcessSpec
from jupyter_ml.compute.testing import ComputeContract
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.compute_states import ComputeState
from tests.integration import KILLS
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.compute.jupyterserver.compute import AttachedServer
    from tests.other_server import OtherServer

pytestmark = [pytest.mark.integration, KILLS]

WRITES = """
import time
for number in range(200):
    print(number, flush=True)
    time.sleep(0.01)
input()
"""


@pytest.fixture(scope="module")
def directory(other_server: OtherServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Attach the server for all tests of the module."""
    folder = tmp_path_factory.mktemp("attached") / "box"

    async def attach() -> None:
        compute = other_server.compute(folder)
        await compute.check()
        await compute.create()
        await compute.start()

    asyncio.run(attach())
    return folder


@pytest.fixture
def box(other_server: OtherServer, directory: Path) -> AttachedServer:
    return other_server.compute(directory)


class TestJupyterServer(ComputeContract):
    @pytest.fixture
    def compute(self, box: AttachedServer) -> AttachedServer:
        return box

    @pytest.fixture
    def folder(self, other_server: OtherServer) -> PurePosixPath:
        folder = other_server.home / uuid.uuid4().hex[:8]
        folder.mkdir()
        return PurePosixPath(folder)


def writing(server: OtherServer) -> ProcessSpec:
    return ProcessSpec(
        argv=[sys.executable, "-c", WRITES],
        cwd=PurePosixPath("/"),
        log=PurePosixPath(server.home, f"log-{uuid.uuid4().hex}"),
        marker=uuid.uuid4().hex,
        stdin=b"",
        env={"PATH": "/usr/bin:/bin"},
    )


def kill_relay(server: OtherServer) -> None:
    for relay in server.programs("terminal"):
        with suppress(psutil.NoSuchProcess):
            relay.kill()


def remove_terminals(server: OtherServer) -> None:
    async def remove() -> None:
        there = JupyterServer(server.url, lambda: server.token)
        for terminal in await there.request("GET", "api/terminals"):
            await there.request("DELETE", f"api/terminals/{terminal['name']}")

    asyncio.run(remove())


def restart_server(server: OtherServer) -> None:
    server.kill()
    server.start()


@pytest.mark.parametrize("cut", [kill_relay, remove_terminals, restart_server])
def test_output_is_complete_after_a_cut(
    box: AttachedServer, other_server: OtherServer, cut: Callable[[OtherServer], None]
) -> None:
    """Nothing is missing and nothing comes twice, and the end is known."""

    async def follow() -> tuple[bytes, Exit]:
        spec = writing(other_server)
        process = await box.spawn(spec)
        printed, cutting = b"", None
        async for piece in process.follow(spec.log):
            printed += piece
            cutting = cutting or asyncio.ensure_future(asyncio.to_thread(cut, other_server))
        await cutting
        ended = await process.wait()
        await box.client.request("ping")  # a loop that ends while Tornado connects leaves a socket open
        return printed, ended

    printed, ended = asyncio.run(asyncio.wait_for(follow(), 60))
    numbers, _, rest = printed.partition(b"Traceback")  # at the end of its input
    assert numbers.split() == [str(number).encode() for number in range(200)]
    assert b"EOFError" in rest
    assert ended == Exit(code=1)


def test_a_program_outlives_a_killed_agent(box: AttachedServer, other_server: OtherServer) -> None:
    async def check() -> str | None:
        process = await box.spawn(
            ProcessSpec(
                argv=["sleep", "600"], cwd=PurePosixPath("/"), log=PurePosixPath(other_server.home, "log"), marker="m"
            )
        )
        [agent] = other_server.programs("daemon")
        agent.kill()
        again = await box.attach(process.info())
        await again.signal(0)
        assert again.exit is None
        await again.kill()
        return (await again.wait()).lost

    assert asyncio.run(asyncio.wait_for(check(), 60))


def test_another_token_is_asked_for_and_used_at_once(other_server: OtherServer, directory: Path) -> None:
    compute = other_server.compute(directory)
    secrets = {"other_token": other_server.token}
    compute.read_secret = secrets.get

    async def check() -> None:
        assert await compute.state() is ComputeState.RUNNING
        other_server.token = "another-token-of-it"
        await asyncio.to_thread(restart_server, other_server)
        while await compute.state() is ComputeState.RUNNING:  # noqa: ASYNC110 -- until the end of the connection is seen
            await asyncio.sleep(0.02)
        message = str(await compute.problem())
        assert "does not accept the token (403), which may have expired: store another one with jupyter ml" in message
        assert not any(token in message for token in ("token-of-the-other-server", other_server.token))
        with pytest.raises(UnavailableError, match="does not accept the token"):
            await compute.check()
        secrets.clear()
        with pytest.raises(
            UnavailableError, match=r"has no secret 'other_token': .* with jupyter ml vault set other_token$"
        ):
            await compute.check()
        secrets["other_token"] = other_server.token
        while await compute.state() is not ComputeState.RUNNING:  # noqa: ASYNC110 -- the client waits between attempts
            await asyncio.sleep(0.02)

    asyncio.run(asyncio.wait_for(check(), 60))


def test_a_server_without_terminals_names_the_setting(other_server: OtherServer, tmp_path: Path) -> None:
    other_server.kill()
    other_server.start(terminals=False)
    try:
        with pytest.raises(UnavailableError, match=r"has no terminals, .*: set ServerApp\.terminals_enabled = True"):
            asyncio.run(other_server.compute(tmp_path).check())
    finally:
        restart_server(other_server)


def test_a_python_that_cannot_be_used_is_named(other_server: OtherServer, tmp_path: Path) -> None:
    compute = other_server.compute(tmp_path, python="/no/python")

    async def start() -> None:
        await compute.create()
        await compute.start()

    message = r"the Python '/no/python' cannot be used in a terminal of http.*: .*/no/python: No such file"
    with pytest.raises(UnavailableError, match=message):
        asyncio.run(start())


def test_what_is_detached_leaves_nothing_there(other_server: OtherServer, tmp_path: Path) -> None:
    compute = other_server.compute(tmp_path / "other")

    async def live() -> PurePosixPath:
        await compute.create()
        await compute.start()
        process = await compute.spawn(writing(other_server))
        place = compute.root.parent
        assert [each.pid for each in other_server.programs(f"{place}/agent")]
        await compute.delete()
        assert (await process.wait()).lost or (await process.wait()).signal
        await compute.delete()
        return place

    place = asyncio.run(asyncio.wait_for(live(), 60))
    assert not (tmp_path / "other").exists()
    assert place.name not in [each.name for each in (other_server.home / ".jupyter-ml").iterdir()]
    until(lambda: not other_server.programs(f"{place}/agent"))


def test_a_server_that_is_gone_is_detached(other_server: OtherServer, tmp_path: Path) -> None:
    compute = other_server.compute(tmp_path / "gone")

    async def live() -> None:
        await compute.create()
        await compute.start()
        other_server.kill()
        await compute.delete()

    try:
        asyncio.run(asyncio.wait_for(live(), 60))
        assert not (tmp_path / "gone").exists()
    finally:
        other_server.start()


class Stranger(BaseHTTPRequestHandler):
    """A web server that is no Jupyter server, and redirects some requests."""

    requests: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.requests.append((self.path, self.headers["Authorization"]))
        body = {"/json/api": b'{"name": "x"}', "/text/api": b"<html>"}.get(self.path, b"")
        self.send_response(302 if "/redirect/" in self.path else 200 if body else 404)
        if "/redirect/" in self.path:
            self.send_header("Location", f"http://localhost:{self.server.server_port}/elsewhere?next=secret")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/json", "is not a Jupyter server: write its URL"),
        ("/text", "is not a Jupyter server: api returns no JSON"),
        ("/none", r"is not a Jupyter server \(404 for api\): set url with its base path"),
        ("/redirect/hub", r"redirects to localhost:\d+/elsewhere, where the token is not sent: set url to the address"),
    ],
)
def test_another_web_server_is_reported(stranger: str, path: str, message: str) -> None:
    with pytest.raises(UnavailableError, match=message) as raised:
        asyncio.run(JupyterServer(stranger + path, lambda: "token").check())
    assert "next=" not in str(raised.value)
    assert not [each for each, token in Stranger.requests if "elsewhere" in each]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:1", "cannot be reached: .*refused"),
        ("http://169.254.169.254/", "is the address 169.254.169.254 of a machine's metadata, which is not used"),
        ("http://[::ffff:169.254.169.254]/", "is the address 169.254.169.254 of a machine's metadata"),
        ("http://[fd00:ec2::254]/", "of a machine's metadata"),
        ("http://no-such-host.invalid/", "cannot be reached: "),
    ],
)
def test_an_address_that_cannot_be_used_is_reported(url: str, message: str) -> None:
    with pytest.raises(UnavailableError, match=message):
        asyncio.run(JupyterServer(url, lambda: "token").check())
