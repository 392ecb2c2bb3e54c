# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Deploy the scheduler and the workers of a cluster by Dask."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import os
import secrets
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import Security
from distributed.core import Status, rpc
from distributed.deploy.cluster import Cluster as DaskCluster
from distributed.deploy.spec import ProcessInterface, SpecCluster
from distributed.scheduler import Scheduler

from jupyter_ml.compute.commands import started
from jupyter_ml.compute.dask import holder
from jupyter_ml.compute.dask.calling import STARTED
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.clusters import QUEUES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from jupyter_ml.schemas.clusters import ClusterSettings

__all__ = ["deploy", "end_reasons", "find_class"]

JOIN_S = 60
"""How long a worker tries to reach the scheduler until it ends; its holder starts it again while there are programs."""
SHOWN_BYTES = 2_000
WAITING = ("PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT")
"""States of a job of Slurm that runs nowhere and has not ended."""
NAMES = {
    "ssh": "distributed.SSHCluster",
    "kubernetes": "jupyter_ml.compute.dask.kubernetes.KubernetesCluster",
    **{queue: f"dask_jobqueue.{name}Cluster" for queue, name in QUEUES.items()},
}
"""Classes of deployers that have a name."""
HINTS = {"dask_jobqueue": "pip install 'jupyter-ml[dask]'", "dask_kubernetes": "pip install dask-kubernetes"}


class _Existing(DaskCluster):  # type: ignore[misc]
    """A scheduler that exists, with the workers that it has."""

    def __init__(self, address: str, security: Security) -> None:
        self.address, self.security = address, security
        super().__init__(asynchronous=True)

    def __await__(self) -> Any:
        return self._connected().__await__()

    async def _connected(self) -> _Existing:
        if self.status == Status.created:
            self.scheduler_comm = rpc(self.address, connection_args=self.security.get_connection_args("client"))
            await self._start()
        return self


class _Command(ProcessInterface):  # type: ignore[misc]
    """A worker on this machine, in a process that outlives the one that has started it."""

    def __init__(self, scheduler: str, name: str, command: list[str], log: str) -> None:
        super().__init__(scheduler=scheduler, name=name)
        self._command = [*command, scheduler, "--name", name]
        self.log = Path(log, f"{name}.log")
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start the process."""
        await asyncio.to_thread(self._start)
        await super().start()

    def _start(self) -> None:
        nothing = subprocess.DEVNULL
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd="/", stdin=nothing, stdout=log, stderr=log, start_new_session=True
            )

    async def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait)
        await asyncio.to_thread(self.log.unlink, missing_ok=True)
        await super().close()


def find_class(path: str) -> Callable[..., Any]:
    """Return a deployer: that of a queuing system, or a class of an installed package.

    Raises
    ------
    InvalidInputError
        When it is not a class of Dask's clusters, or belongs to no installed package.
    UnavailableError
        When its package is not installed.
    """
    path = NAMES.get(path, path)
    package = "dask_kubernetes" if path == NAMES["kubernetes"] else path.partition(".")[0]
    if package not in packages_distributions():
        hint = HINTS.get(package, "install the package that has it")
        raise UnavailableError(f"the deployer {path!r} is in no package that is installed here: {hint}")
    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise InvalidInputError(f"deployer: {path!r} cannot be imported: {error}", field="deployer") from error
    if path != NAMES["ssh"] and not (isinstance(found, type) and issubclass(found, DaskCluster)):
        raise InvalidInputError(f"deployer: {path!r} is not a class of Dask's clusters", field="deployer")
    return found  # type: ignore[no-any-return]


async def deploy(settings: ClusterSettings, directory: Path, prefix: str) -> DaskCluster:
    """Return a cluster whose scheduler runs.

    Parameters
    ----------
    settings
        Of the cluster.
    directory
        Where certificates and the port of the scheduler are, so that the next scheduler has the same.
    prefix
        Of the names of nodes, which nodes of an earlier scheduler must not have.
    """
    if settings.address is not None:
        files = {"ca_file": settings.tls_ca_file, "client_cert": settings.tls_cert, "client_key": settings.tls_key}
        security = Security(**{f"tls_{name}": file for name, file in files.items() if file})
        return await _Existing(settings.address, security)
    if settings.deployer == "local":
        made: DaskCluster = _local(directory)
    else:
        made = _of_class(find_class(settings.deployer), settings, directory, prefix)
    if isinstance(made, SpecCluster):
        numbers = itertools.count()  # a lost node keeps its name while a job has to notice that
        made._new_worker_name = lambda _: f"{prefix}-{next(numbers)}"  # noqa: SLF001
    cluster: DaskCluster = await made
    if (address := getattr(cluster, "scheduler_address", "")).rpartition(":")[2].isdigit():
        (directory / "port").write_text(address.rpartition(":")[2])
    return cluster


def _local(directory: Path) -> SpecCluster:
    security = _security(directory)
    files = security.get_tls_config_for_role("worker")
    tls = [f"--tls-{name}={files[key]}" for name, key in (("ca-file", "ca_file"), ("cert", "cert"), ("key", "key"))]
    worker = [sys.executable, "-P", "-m", "distributed.cli.dask_worker", *tls, "--no-dashboard", "--host=127.0.0.1"]
    worker += ["--no-nanny", "--nthreads=1", "--memory-limit=0", f"--death-timeout={JOIN_S}"]
    command = [sys.executable, "-I", *_holder(directory), *worker]
    scheduler = {"protocol": "tls", "host": "127.0.0.1", "port": _port(directory), "security": security, **_DASHBOARD}
    return SpecCluster(
        scheduler={"cls": Scheduler, "options": scheduler},
        worker={"cls": _Command, "options": {"command": command, "log": str(_logs(directory))}},
        security=security,
        asynchronous=True,
    )


_DASHBOARD = {"dashboard_address": ":0"}


def _of_class(found: Callable[..., Any], settings: ClusterSettings, directory: Path, prefix: str) -> DaskCluster:
    options: dict[str, Any] = {**settings.options}
    if settings.deployer == "kubernetes":
        options = {"name": _name(directory), **options}
    if getattr(found, "job_cls", None) is not None:
        python = options.get("python", sys.executable)
        scheduler = {"port": _port(directory), **_DASHBOARD, **options.get("scheduler_options", {})}
        options = {
            "security": _security(directory),
            "death_timeout": JOIN_S,
            "worker_extra_args": ["--no-dashboard"],
            "log_directory": str(_logs(directory)),
            **options,
            "python": " ".join([python, "-I", *_holder(directory), python]),
            "scheduler_options": scheduler,
            "nanny": False,
            "processes": 1,
            "name": prefix,
        }
    try:
        return found(**options, asynchronous=True)
    except (TypeError, ValueError) as error:
        reason = str(error).partition("\n")[0].partition(". Very likely")[0]
        message = f"options: {settings.deployer} does not accept them: {reason}"
        raise InvalidInputError(message, field="options") from error


def _logs(directory: Path) -> Path:
    logs = directory / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    return logs


def _port(directory: Path) -> int:
    file = directory / "port"
    return int(file.read_text()) if file.exists() else 0


def _name(directory: Path) -> str:
    """Return a name that no other cluster has, and that stays: what has it is found again."""
    file = directory / "name"
    if not file.exists():
        file.write_text(f"jupyter-ml-{secrets.token_hex(4)}")
    return file.read_text()


def _holder(directory: Path) -> tuple[str, str]:
    """Write the program that keeps workers running where nodes see it; return its path and its argument."""
    target = directory / "holder.py"
    target.write_bytes(Path(holder.__file__).read_bytes())
    return str(target), str(directory / STARTED)


def _security(directory: Path) -> Security:
    """Return certificates that only this cluster has: without them, anyone on the network could run programs."""
    files = {name: directory / f"{name}.pem" for name in ("ca", "cert", "key")}
    if not all(file.exists() for file in files.values()):
        made = Security.temporary().get_tls_config_for_role("client")
        for name, text in (("ca", made["ca_file"]), ("cert", made["cert"]), ("key", made["key"])):
            with open(os.open(files[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
                file.write(text)
    roles = ("client", "scheduler", "worker")
    pairs = {f"tls_{role}_{what}": str(files[what]) for role in roles for what in ("cert", "key")}
    return Security(tls_ca_file=str(files["ca"]), require_encryption=True, **pairs)


async def end_reasons(cluster: DaskCluster, names: Collection[str]) -> dict[str, tuple[bool | None, str]]:
    """Return, for nodes that do not respond, whether each has ended, and what is known about it.

    None stands for one that waits: if there was a node before, its queuing system has ended that, to start another one.
    """
    if hasattr(cluster, "reasons"):
        return await cluster.reasons(names)  # type: ignore[no-any-return]
    workers = {name: cluster.workers[name] for name in names if name in getattr(cluster, "workers", {})}
    commands = {name: each for name, each in workers.items() if isinstance(each, _Command)}
    found: dict[str, tuple[bool | None, str]] = {name: _ended(each) for name, each in commands.items()}
    jobs = {name: each.job_id for name, each in workers.items() if getattr(each, "cancel_command", "") == "scancel"}
    if jobs:
        found |= await _slurm(jobs)
    return found


def _ended(worker: _Command) -> tuple[bool, str]:
    code = worker.process.poll() if worker.process else None
    if code is None:
        return False, "it starts"
    printed = worker.log.read_bytes()[-SHOWN_BYTES:] if worker.log.exists() else b""
    return True, f"it ended with exit code {code}: {printed.decode(errors='replace').strip().rpartition(chr(10))[2]}"


async def _slurm(jobs: dict[str, str]) -> dict[str, tuple[bool | None, str]]:
    """Return the states of jobs of Slurm and why they wait; those that it does not list have ended."""
    command = ["squeue", "--noheader", "--states=all", "--format=%i|%T|%r", f"--jobs={','.join(jobs.values())}"]
    async with started(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE) as process:
        printed, errors = await process.communicate()
    if process.returncode and b"Invalid job id" not in errors:
        return {name: (False, f"Slurm: {errors.decode(errors='replace').strip()}") for name in jobs}
    lines = [line.split("|") for line in printed.decode(errors="replace").splitlines()]
    states = {number: (state, reason) for number, state, reason in lines}
    return {name: _of_job(number, *states.get(number, ("GONE", ""))) for name, number in jobs.items()}


def _of_job(number: str, state: str, reason: str) -> tuple[bool | None, str]:
    runs = state in ("CONFIGURING", "RUNNING", "SUSPENDED", "COMPLETING", "RESIZING")
    why = f" ({reason})" if reason not in ("", "None") else ""
    return None if state in WAITING else not runs, f"job {number} of Slurm is {state}{why}"
