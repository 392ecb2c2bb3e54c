# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Machines over SSH fulfill the contract of computes, and each way not to reach one has a sentence."""

# ruff: noqa: ASYNC240 -- nothing else runs in the loop of a test

from __future__ import annotations

import asyncio
import os
import re
import signal
import uuid
from contextlib import aclosing
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import asyncssh
import pytest

from jupyter_ml.compute.process import Exit, ProcessSpec
from jupyter_ml.compute.ssh.connection import connect
from jupyter_ml.compute.testing import ComputeContract
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.compute_states import ComputeState
from tests.agent.asynchronous import asynchronous
from tests.integration import SSH
from tests.storage_servers import MARK
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.compute.ssh.machine import SshMachine
    from tests.ssh_server import SshServer

pytestmark = [pytest.mark.integration, SSH]

COUNT = """
import itertools, os, sys, time
for number in itertools.count():
    print(number, flush=True)
    if os.path.exists('stop'): sys.exit(3)
    time.sleep(0.01)
"""


@pytest.fixture
def machine(ssh_server: SshServer, tmp_path: Path) -> Iterator[SshMachine]:
    """Return a compute that is ready, and end its agent."""
    made = ssh_server.machine(tmp_path / "own")

    async def start() -> None:
        await made.create()
        await made.start()

    asyncio.run(start())
    yield ssh_server.machine(tmp_path / "own")
    if ssh_server._process is None:
        ssh_server.start()
    asyncio.run(ssh_server.machine(tmp_path / "own").delete())
    assert not (tmp_path / "own").exists()
    assert not [*(ssh_server.home / "j").iterdir()], "nothing is left there"


class TestSsh(ComputeContract):
    @pytest.fixture
    def compute(self, machine: SshMachine) -> SshMachine:
        return machine

    @pytest.fixture
    def folder(self, machine: SshMachine) -> Path:
        folder = Path(machine.root, "f")
        folder.mkdir(parents=True)
        return folder


def spec(machine: SshMachine, *argv: str) -> ProcessSpec:
    folder = Path(machine.root)
    folder.mkdir(exist_ok=True)
    return ProcessSpec(argv=[*argv], cwd=folder, log=folder / "log", marker=uuid.uuid4().hex, env={"PATH": "/usr/bin"})


@asynchronous
async def test_lines_that_are_cut_lose_and_repeat_nothing(ssh_server: SshServer, machine: SshMachine) -> None:
    """Sessions are killed, then the server with all of them, then the agent."""
    process = await machine.spawn(spec(machine, "/usr/bin/python3", "-c", COUNT))
    received, cuts = b"", 0
    async with aclosing(process.follow(machine.root / "log")) as pieces:
        async for piece in pieces:
            received += piece
            cuts += 1
            if cuts <= 3:
                await asyncio.to_thread(until, ssh_server.cut)
            elif cuts == 4:
                ssh_server.kill()
                ssh_server.start()
            elif cuts == 5:
                [agent] = ssh_server.agents()
                os.kill(agent, signal.SIGKILL)
            else:
                Path(machine.root, "stop").touch()
    lines = received.split()
    assert lines == [str(number).encode() for number in range(len(lines))], "each line once"
    assert "an agent that has ended" in str((await process.wait()).lost)


@asynchronous
async def test_a_machine_that_is_gone_for_a_while(ssh_server: SshServer, machine: SshMachine) -> None:
    process = await machine.spawn(spec(machine, "sleep", "600"))
    assert await machine.state() is ComputeState.RUNNING
    ssh_server.kill()
    assert await machine.state() is ComputeState.FAILED
    assert f"127.0.0.1:{ssh_server.port} cannot be reached: " in str(await machine.problem())
    with pytest.raises(UnavailableError, match="cannot be reached"):
        await machine.start()
    assert process.exit is None
    ssh_server.start()
    assert await machine.state() is ComputeState.RUNNING
    await process.kill()
    assert await process.wait() == Exit(signal="SIGKILL")


@asynchronous
async def test_what_is_sent_is_sent_once(ssh_server: SshServer, machine: SshMachine, tmp_path: Path) -> None:
    """The agent for each version, and the packages for all computes."""
    sent = {path: path.stat().st_ino for path in (*ssh_server.home.glob("j/*/agent-*"), *packages(ssh_server))}
    assert len(sent) == 2
    again = ssh_server.machine(tmp_path / "own")
    await again.create()
    await again.start()
    assert {path: path.stat().st_ino for path in sent} == sent
    assert Path(machine.python).parents[2] == packages(ssh_server)[0]
    assert [*Path(machine.root.parent).glob(".*")] == []


def packages(server: SshServer) -> list[Path]:
    return [*server.home.glob(".cache/jupyter-ml/runners/*")]


@asynchronous
async def test_what_a_machine_shows_of_itself(machine: SshMachine, ssh_server: SshServer) -> None:
    assert await machine.programs() == 0
    process = await machine.spawn(spec(machine, "sleep", "600"))
    assert await machine.programs() == 1
    await process.kill()
    assert machine.variables["HOME"] == str(ssh_server.home)
    assert machine.variables["PATH"].split(":")[0] == str(PurePosixPath(machine.python).parent)
    Path(machine.root.parent, "agent", "agent.log").write_text("one\ntwo\n")
    assert [line async for line in machine.logs()] == ["one", "two"]


async def problem(machine: SshMachine) -> str:
    """Return why a machine cannot be started, which takes one attempt."""
    await machine.create()
    with pytest.raises(UnavailableError) as failed:
        await machine.start()
    return str(failed.value)


@asynchronous
async def test_host_keys_are_checked(ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown one, a known one, and one that has changed since."""
    monkeypatch.setenv("HOME", str(tmp_path))
    unknown = ssh_server.machine(tmp_path / "own", host_key=None)
    message = await problem(unknown)
    assert "the host key of 127.0.0.1" in message
    assert "SHA256:" in message
    assert "which is not known: compare it with ssh-keygen" in message
    assert f"ssh -p {ssh_server.port} 127.0.0.1" in message
    assert message.endswith(f"host_key: {ssh_server.host_key}")
    known = tmp_path / ".ssh" / "known_hosts"
    known.parent.mkdir()
    known.write_text(f"[127.0.0.1]:{ssh_server.port} {ssh_server.host_key}\n")
    await unknown.start()
    await unknown.delete()
    other = (await asyncio.to_thread(ssh_server._key, "other")).with_suffix(".pub").read_text().split()
    known.write_text(f"[127.0.0.1]:{ssh_server.port} {other[0]} {other[1]}\n")
    assert "not the one in ~/.ssh/known_hosts: it is another machine, or" in await problem(
        ssh_server.machine(tmp_path / "own", host_key=None)
    )
    changed = ssh_server.machine(tmp_path / "own", host_key=f"{other[0]} {other[1]}")
    assert "not the one in the settings" in await problem(changed)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"username": "stranger"}, "stranger@127.0.0.1:PORT refuses the login with the key KEY"),
        ({"private_key_file": "/nothing"}, "private_key_file /nothing is not a file of this machine"),
        ({"password_secret": "lab"}, "the vault has no secret 'lab': store it with jupyter ml vault set lab"),
        ({"port": 1}, "127.0.0.1:1 cannot be reached: Connection refused$"),
        ({"host": "no.host.invalid"}, "no.host.invalid:PORT cannot be reached: [A-Z]"),
        ({"python": "python3.99"}, "Python does not run there: .*python3.99"),
        ({"python": "/bin/echo"}, "Python does not run there"),
        ({"directory": "/proc/nothing"}, "no agent replies: .*/proc/nothing"),
    ],
)
@asynchronous
async def test_each_way_not_to_start_has_a_cause(
    ssh_server: SshServer, tmp_path: Path, settings: dict[str, object], message: str
) -> None:
    found = await problem(ssh_server.machine(tmp_path / "own", **settings))
    expected = message.replace("PORT", str(ssh_server.port)).replace("KEY", str(ssh_server.client_key))
    assert re.search(expected, found, re.DOTALL), found
    assert len(found) < 500


@asynchronous
async def test_a_python_that_is_too_old_is_refused(ssh_server: SshServer, tmp_path: Path) -> None:
    old = tmp_path / "python3.10"
    old.write_text("#!/usr/bin/python3\nimport sys\nsys.version_info = (3, 10, 0, 'final', 0)\nexec(sys.argv[3])\n")
    old.chmod(0o755)
    found = await problem(ssh_server.machine(tmp_path / "own", python=str(old)))
    assert f"{old}' of 127.0.0.1 cannot be used: it is Python 3.10, and jobs need 3.11 or newer" in found


tried: list[str] = []
"""The passwords that this server was given."""


class _Server(asyncssh.SSHServer):
    """A server that accepts a password, which an OpenSSH server does for users of the system only."""

    def begin_auth(self, username: str) -> bool:
        del username
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        tried.append(password)
        return (username, password) == ("ada", MARK)


async def _run(process: asyncssh.SSHServerProcess[bytes]) -> None:
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_shell(str(process.command), stdin=pipe, stdout=pipe, stderr=pipe)
    assert program.stdin
    await process.redirect(stdin=program.stdin, stdout=program.stdout, stderr=program.stderr)
    process.exit(await program.wait())
    await process.wait_closed()


@asynchronous
async def test_a_password_is_in_the_vault_only(
    ssh_server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HOME", str(ssh_server.home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    caplog.set_level("DEBUG")
    keys = [str(ssh_server.folder / "host")]
    vault = {"lab": f"wrong-{MARK}"}
    async with asyncssh.listen(
        "127.0.0.1", 0, server_factory=_Server, server_host_keys=keys, process_factory=_run, encoding=None
    ) as server:
        more = {"port": server.get_port(), "username": "ada", "private_key_file": None, "password_secret": "lab"}
        machine = ssh_server.machine(tmp_path / "own", python="/usr/bin/python3", **more)  # that of the other tests
        machine.read_secret = vault.get
        refused = f"ada@127.0.0.1:{more['port']} refuses the login with the password lab of the vault: check username"
        assert refused in await problem(machine)
        before = tried.copy()
        with pytest.raises(UnavailableError, match="the same password is tried again 10 minutes later"):
            async with connect(machine.settings, vault.get):
                pass
        assert tried == before, "the machine may lock the account"
        vault["lab"] = MARK
        await machine.start()
        assert await machine.state() is ComputeState.RUNNING
        await machine.delete()
    assert MARK not in caplog.text


@asynchronous
async def test_a_passphrase_is_in_the_vault_only(ssh_server: SshServer, tmp_path: Path) -> None:
    key = tmp_path / "key"
    plain = asyncssh.read_private_key(str(ssh_server.client_key))
    key.write_bytes(plain.export_private_key(passphrase=MARK, rounds=50))
    without = await problem(ssh_server.machine(tmp_path / "own", private_key_file=str(key)))
    assert f"private_key_file {key} cannot be used, check passphrase_secret: Passphrase" in without
    machine = ssh_server.machine(tmp_path / "own", private_key_file=str(key), passphrase_secret="lab")
    machine.read_secret = {"lab": "wrong"}.get
    assert "cannot be used, check passphrase_secret" in await problem(machine)
    machine.read_secret = {"lab": MARK}.get
    await machine.start()
    await machine.delete()
