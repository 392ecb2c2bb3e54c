# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How a container is created: its limits, what it may do, and what it sees of this machine."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute import runner
from jupyter_ml.compute.docker.engine import engine_sockets
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from jupyter_ml.schemas.instances import InstanceSettings

__all__ = [
    "AGENT",
    "BYTECODE",
    "HOME",
    "LABEL",
    "RUNNER",
    "SETTINGS_LABEL",
    "check_limits",
    "check_mounts",
    "container_options",
    "fingerprint",
    "user_id",
]

LABEL, SETTINGS_LABEL = "jupyter-ml.compute", "jupyter-ml.settings"
"""Labels: the directory of the compute, which no other one has, and what it was created with."""
AGENT, HOME, SOCKETS = "/opt/jupyter-ml/agent", "/home/jupyter-ml", "/run/jupyter-ml"
RUNNER, PACKAGE = f"/opt/jupyter-ml/{runner.RUNNER}", f"/opt/jupyter-ml/{runner.PACKAGE}"
BYTECODE = {"PYTHONPYCACHEPREFIX": f"{HOME}/.cache/python"}
"""The packages that run jobs are read-only: without a place for it, each program compiles them again."""
FOREVER_S = 10**9
OTHER_USER = 1_000
"""Who runs programs in containers where this process is root."""


def user_id() -> int:
    """Return the user that runs programs in a container: that of this process, unless it is root."""
    return os.getuid() or OTHER_USER


def fingerprint(settings: InstanceSettings, image: str, packages: Path) -> str:
    """Return what differs when a container has to be created again."""
    settled = settings.model_dump(exclude={"idle_time_before_shutdown_minutes", "schedules"})
    content = json.dumps([settled, image, str(packages)])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def container_options(settings: InstanceSettings, directory: Path, packages: Path) -> dict[str, Any]:
    """Return the arguments of the SDK for the container of an instance.

    Its programs are not root and cannot become it, cannot change the files of the image, and reach no other machine
    unless the settings allow that. The agent is reached through a socket file in a directory.
    """
    user = user_id()
    own = {
        directory / "agent": (AGENT, "ro"),
        directory / "sockets": (SOCKETS, "rw"),
        directory / "home": (HOME, "rw"),
        packages: (RUNNER, "ro"),
        Path(__file__).parents[2]: (f"{PACKAGE}/jupyter_ml", "ro"),
    }
    mounts = {mount.source: (mount.target, "ro" if mount.read_only else "rw") for mount in settings.mounts}
    volumes = {str(source): {"bind": target, "mode": mode} for source, (target, mode) in (own | mounts).items()}
    return {
        "command": [settings.python, "-I", f"{AGENT}/agent.pyz", "listen", SOCKETS, str(FOREVER_S)],
        "entrypoint": "",
        "init": True,  # signals reach the programs, and ended ones are collected
        "user": f"{user}:{user}",
        "environment": {"HOME": HOME, **BYTECODE},
        "working_dir": HOME,
        "read_only": True,
        "tmpfs": {"/tmp": _temporary(settings.memory_bytes)},  # noqa: S108 -- of the container
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "network_mode": settings.network,
        "pids_limit": settings.pids,
        "mem_limit": settings.memory_bytes,
        "memswap_limit": settings.memory_bytes,
        "nano_cpus": int(settings.cpus * 1e9) if settings.cpus else None,
        "volumes": volumes,
        "device_requests": [_gpus(settings.gpus)] if settings.gpus else None,
    }


def _temporary(memory_bytes: int | None) -> str:
    """Return the options of a file system in memory: its files stay when a program is killed for the memory of them."""
    return "mode=1777" if memory_bytes is None else f"mode=1777,size={memory_bytes // 2}"


def _gpus(count: int) -> dict[str, Any]:
    """Return the request for the first GPUs of this machine, which needs NVIDIA's container toolkit."""
    return {"Driver": "nvidia", "Count": count, "Capabilities": [["gpu"]]}


def check_limits(settings: InstanceSettings, processors: int, memory_bytes: int) -> None:
    """Raise InvalidInputError if an instance is to use more than the machine of the engine has."""
    if (settings.cpus or 0) > processors:
        raise InvalidInputError(f"cpus: {settings.cpus:g} wanted, and this machine has {processors}", field="cpus")
    if (settings.memory_bytes or 0) > memory_bytes:
        has = f"{memory_bytes / 1024**3:.1f}GB"
        raise InvalidInputError(f"memory: {settings.memory} wanted, and this machine has {has}", field="memory")


def check_mounts(settings: InstanceSettings) -> None:
    """Raise InvalidInputError if a mount is not a directory, or leads to the socket of an engine of containers."""
    for source in (mount.source for mount in settings.mounts):
        path = Path(os.path.realpath(source))
        if not path.is_dir():
            raise InvalidInputError(f"mounts: {source} is not a directory of this machine", field="mounts")
        if path.is_relative_to("/proc"):
            message = f"mounts: {source} leads to all files of this machine: mount those that are needed"
            raise InvalidInputError(message, field="mounts")
        for engine_socket in engine_sockets():
            if Path(os.path.realpath(engine_socket)).is_relative_to(path):
                message = f"mounts: {source} contains the socket of an engine of containers ({engine_socket})"
                raise InvalidInputError(f"{message}, through which a program would own this machine", field="mounts")
