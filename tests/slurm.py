# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A Slurm of the tests' own, with one node: this machine."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docker_engine import install
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIONS = {"queue": "main", "cores": 1, "memory": "200MB", "walltime": "00:30:00"}
"""Of a cluster on it."""


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def write_configuration(folder: Path) -> Path:
    controller, node = free_ports(2)
    host = socket.gethostname().partition(".")[0]
    lines = f"""
        ClusterName=test
        SlurmctldHost={host}(127.0.0.1)
        SlurmctldPort={controller}
        SlurmdPort={node}
        SlurmUser=root
        SlurmdUser=root
        AuthType=auth/munge
        AuthInfo=socket={folder}/munge
        CredType=cred/munge
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        MpiDefault=none
        ReturnToService=2
        SelectType=select/cons_tres
        SelectTypeParameters=CR_CPU
        SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
        SlurmdParameters=config_overrides
        KillWait=5
        StateSaveLocation={folder}/controller
        SlurmdSpoolDir={folder}/node
        SlurmctldPidFile={folder}/slurmctld.pid
        SlurmdPidFile={folder}/slurmd.pid
        NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=8000 State=UNKNOWN
        PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
    """
    file = folder / "slurm.conf"
    file.write_text("".join(f"{line.strip()}\n" for line in lines.strip().splitlines()))
    return file


@contextmanager
def running(folder: Path, *command: str) -> Iterator[None]:
    """Run a service in the foreground."""
    with (folder / f"{Path(command[0]).name}.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start it, and set ``SLURM_CONF``."""
    if os.geteuid():
        pytest.skip("slurmd needs the rights of root")
    if not all(map(shutil.which, ("slurmctld", "slurmd", "sbatch", "munged"))):
        install("slurmctld", "slurmd", "slurm-client", "munge")
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # a short path, for sockets
    for name in ("controller", "node"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("SLURM_CONF", str(write_configuration(folder)))
        files = [f"--{name}={folder}/munge.{name[:-5]}" for name in ("key-file", "pid-file", "log-file", "seed-file")]
        munge = ["munged", "--foreground", "--force", f"--socket={folder}/munge", *files]
        stack.enter_context(running(folder, *munge))
        until((folder / "munge").exists)
        stack.enter_context(running(folder, "slurmctld", "-D"))
        stack.enter_context(running(folder, "slurmd", "-D"))
        until(lambda: slurm_command("sinfo", "--noheader", "--format=%T") == "idle")
        yield
    shutil.rmtree(folder)


def slurm_command(*command: str) -> str:
    """Run a command of Slurm, and return what it prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
