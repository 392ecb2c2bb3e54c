# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The files and sockets of a program, as tests."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from jupyter_ml.compute.process import Exit
from jupyter_ml.compute.testing.fixtures import TIMEOUT_S, Fixtures, asynchronous
from jupyter_ml.compute.testing.programs import SERVER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path, PurePath

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Process


__all__ = ["FilesContract"]


class FilesContract(Fixtures):
    """Files and sockets of a program are within reach, whatever machine it runs on."""

    @asynchronous
    async def test_output_is_appended_to_a_private_log(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """Both streams are written to the log, and a second program does not overwrite it."""
        for text in ("first", "second"):
            code = f"import sys; print({text!r}, flush=True); print('error', file=sys.stderr)"
            assert await (await start(code)).wait() == Exit(code=0)
        process = await start("import os; print(oct(os.stat('log').st_mode & 0o777))")
        assert await self.read(process, folder / "log") == b"first\nerror\nsecond\nerror\n0o600\n"

    @asynchronous
    async def test_follow_yields_what_is_appended_from_an_offset_until_the_end(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """While it runs, of a file that does not exist yet; of one that is missing at the end, nothing."""
        code = (
            "import os, time\n"
            "file = open('lines', 'wb', buffering=0)\n"
            "file.write(b'one\\ntw')\n"
            "while not os.path.exists('go'): time.sleep(0.01)\n"
            "file.write(b'o\\nthree')"
        )
        process = await start(code, log="other")
        pieces = process.follow(folder / "lines")
        assert await anext(pieces) == b"one\ntw"
        assert await (await start("open('go', 'w').close()")).wait() == Exit(code=0)
        assert b"".join([piece async for piece in pieces]) == b"o\nthree"
        assert await self.read(process, folder / "lines", 4) == b"two\nthree"
        assert await self.read(process, folder / "lines", 99) == b""
        assert await self.read(process, folder / "missing") == b""

    @asynchronous
    async def test_follow_yields_large_files_in_pieces(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """A caller holds a megabyte at a time, however long a line is."""
        process = await start("open('large', 'wb').write(bytes(range(256)) * 10_000)")
        pieces = [piece async for piece in process.follow(folder / "large")]
        assert max(map(len, pieces)) <= 1024**2
        assert b"".join(pieces) == bytes(range(256)) * 10_000

    @asynchronous
    async def test_directories_are_sent_and_fetched(
        self, compute: Compute, start: Callable[..., Awaitable[Process]], tmp_path: Path
    ) -> None:
        """Programs find what was sent and nothing else of it; what they add is fetched, and nothing else goes."""
        local = tmp_path / "sent"
        (local / "code").mkdir(parents=True)
        (local / "code" / "job.py").write_bytes(b"1")
        (local / "job.sh").write_bytes(b"")
        (local / "job.sh").chmod(0o755)
        await compute.send(local)
        code = (
            "import os, sys\n"
            "os.chdir(sys.argv[1])\n"
            "assert open('code/job.py').read() == '1' and os.access('job.sh', os.X_OK)\n"
            "assert not os.path.exists('more')\n"
            "os.makedirs('outputs/a')\n"
            "open('outputs/a/b', 'w').write('result')\n"
            "os.makedirs('large')\n"
            "open('job.sh', 'w').write('changed')\n"
            "os.symlink('/etc', 'outside')\n"
            "os.mkfifo('pipe')\n"
        )
        process = await start(code, str(compute.path(local)))
        assert await process.wait() == Exit(code=0)
        if not compute.capabilities.shared_files:
            assert not (local / "outputs").exists()
        (local / "own").write_bytes(b"mine")
        for _ in range(2):  # after a crash, once more
            await compute.fetch(local, but=("large",))
            assert (local / "outputs" / "a" / "b").read_bytes() == b"result"
            assert (local / "job.sh").read_bytes() == b"changed"
            assert (local / "own").read_bytes() == b"mine"
        if not compute.capabilities.shared_files:
            assert not {"large", "outside", "pipe"} & {entry.name for entry in local.iterdir()}

    @asynchronous
    async def test_a_file_is_sent_in_place_of_an_older_one(
        self, compute: Compute, start: Callable[..., Awaitable[Process]], folder: PurePath, tmp_path: Path
    ) -> None:
        """And what a directory contained before is gone; removing it may be repeated."""
        local = tmp_path / "sent"
        local.mkdir()
        for content in (b"0", b"1"):
            (local / content.decode()).write_bytes(content)
            (local / "launch.json").write_bytes(content)
            await compute.send(local)
            (local / content.decode()).unlink()
        (local / "launch.json").write_bytes(b"2")
        await compute.send(local / "launch.json")
        code = "import os, sys; os.chdir(sys.argv[1]); print(open('launch.json').read(), sorted(os.listdir()))"
        process = await start(code, str(compute.path(local)), log="listing")
        assert await process.wait() == Exit(code=0)
        if not compute.capabilities.shared_files:
            assert await self.read(process, folder / "listing") == b"2 ['1', 'launch.json']\n"
            for _ in range(2):
                await compute.remove(local)
            code = "import os, sys; sys.exit(os.path.exists(sys.argv[1]))"
            assert await (await start(code, str(compute.path(local)))).wait() == Exit(code=0)

    @asynchronous
    async def test_connect_leads_to_a_socket_of_the_program(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """Bytes go both ways."""
        process = await start(SERVER)
        await self.first(process, folder / "log")
        path = await process.connect(folder / "s")
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(TIMEOUT_S)
            client.connect(str(path))
            client.sendall(b"hello")
            assert await asyncio.to_thread(client.recv, 5) == b"HELLO"
