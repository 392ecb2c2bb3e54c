# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Instances: computes that are containers of this machine. The keys are those of Azure ML's ``computeinstance``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.compute_schedules import ComputeSchedules
from jupyter_ml.schemas.environment_source import Build
from jupyter_ml.schemas.form_fields import ADVANCED
from jupyter_ml.schemas.sizes import MemorySize, size_bytes
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

__all__ = ["INSTANCE_KEY_HINTS", "InstanceSettings", "Mount", "from_azure"]

DEFAULT_IMAGE = "python:3.12-slim"
RESERVED = ("/run/jupyter-ml", "/opt/jupyter-ml", "/home/jupyter-ml", "/proc", "/sys", "/dev")
"""Directories of the container that are not replaced by mounts."""

_AZURE_SIZE = re.compile(r"(?:STANDARD_)?(DS?|E|F)(\d{1,3})[a-z]*_v(\d)", re.IGNORECASE)
_MINUTES = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,5})M)?")

_ELSEWHERE = "is about Azure's network; an instance is reached through a socket file of this machine: remove the key"
INSTANCE_KEY_HINTS = {
    "setup_scripts": "not supported: choose an image that has what you need",
    "custom_applications": "not supported: an instance runs jobs and kernels; remove the key",
    "ssh_settings": "there is no SSH in an instance; remove the key",
    "ssh_public_access_enabled": "there is no SSH in an instance; remove the key",
    "enable_root_access": "no program is root in an instance; remove the key",
    "enable_sso": "users are those of Jupyter Server; remove the key",
    "enable_os_patching": "choose a newer image instead; remove the key",
    "create_on_behalf_of": "an instance belongs to the workspace; remove the key",
    "identity": "an instance has no identity in a cloud; remove the key",
    "location": "an instance is on this machine; remove the key",
    "tags": "not supported: write a description",
    "network_settings": _ELSEWHERE,
    "subnet": _ELSEWHERE,
    "enable_node_public_ip": _ELSEWHERE,
}
"""Keys of Azure ML's instances that have no meaning here, and what to do about them."""


def _target(path: str) -> str:
    parts = path.split("/")
    if not path.startswith("/") or ".." in parts or path.strip("/") == "":
        raise ValueError(f"{path[:80]!r} is not an absolute path of a directory in the container")
    for reserved in RESERVED:
        if f"{path}/".startswith(f"{reserved}/") or f"{reserved}/".startswith(f"{path.rstrip('/')}/"):
            raise ValueError(f"{path[:80]!r} would hide {reserved} of the container: choose another path")
    return path


class Mount(Schema):
    """A directory of this machine that programs in a container can use."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
    """The directory, relative to the YAML file, or in JupyterLab to the root directory of the server."""
    target: Annotated[str, StringConstraints(max_length=4_096), AfterValidator(_target)]
    """Where it is in the container."""
    read_only: bool = Field(default=True, strict=True)
    """Whether programs can only read it."""


class InstanceSettings(Schema):
    """What an instance consists of."""

    image: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,499}$")] = Field(
        default=DEFAULT_IMAGE, title="Image"
    )
    """Image of the container, which has Python 3.11 or newer; it is pulled if this machine does not have it."""
    build: Build | None = Field(default=None, title="Build", json_schema_extra=ADVANCED)
    """Directory with a Dockerfile from which the image is built, in place of ``image``."""
    python: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/+-]{1,500}$")] = Field(
        default="python3", title="Python", json_schema_extra=ADVANCED
    )
    """The Python of the image that runs jobs: a command or a path."""
    cpus: float | None = Field(strict=True, default=None, gt=0, le=1_024, title="Processors")
    """How many processors it may use; by default all."""
    memory: MemorySize | None = Field(default=None, title="Memory", examples=["4GB"])
    """How much memory it may use, e.g. ``4GB``; by default all. What needs more is killed."""
    gpus: int | None = Field(strict=True, default=None, ge=0, le=1_000, title="GPUs")
    """How many GPUs it has: the first ones of this machine."""
    pids: int = Field(
        strict=True, default=1_024, ge=32, le=100_000, title="Processes and threads", json_schema_extra=ADVANCED
    )
    """How many processes and threads it may have."""
    network: Literal["none", "bridge"] = Field(default="none", title="Network")
    """``none``, or ``bridge`` for a network through which programs reach other machines."""
    mounts: list[Mount] = Field(default=[], max_length=50, title="Mounts")
    """Directories of this machine that its programs can use."""
    idle_time_before_shutdown_minutes: int | None = Field(
        strict=True, default=None, ge=1, le=100_000, title="Minutes until shutdown"
    )
    """It is stopped after so many minutes in which no job and no kernel runs; by default never."""
    schedules: ComputeSchedules = Field(default=ComputeSchedules(), title="Schedules", json_schema_extra=ADVANCED)
    """When it is started and stopped."""

    @property
    def memory_bytes(self) -> int | None:
        """The limit of its memory."""
        return None if self.memory is None else size_bytes(self.memory)

    def placed(self, place: Callable[[str], str]) -> Self:
        """Return the settings with other sources of mounts, and another directory to build from."""
        mounts = [mount.model_copy(update={"source": place(mount.source)}) for mount in self.mounts]
        build = self.build and self.build.model_copy(update={"path": place(self.build.path)})
        return self.model_copy(update={"mounts": mounts, "build": build})

    @model_validator(mode="after")
    def _one_image(self) -> Self:
        if self.build is not None and self.image != DEFAULT_IMAGE:
            raise misplaced("image and build are two images: give one of them", ("build",))
        return self


def from_azure(data: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a ``computeinstance`` of Azure ML as those of an instance; refuse unknown values."""
    data = {**data, "type": "instance"}
    if (size := data.pop("size", None)) is not None:
        if given := [key for key in ("cpus", "memory") if data.get(key) is not None]:
            raise misplaced(f"stands for cpus and memory: remove it, or {' and '.join(given)}", ("size",))
        data |= _of_size(str(size))
    if (idle := data.pop("idle_time_before_shutdown", None)) is not None:
        data["idle_time_before_shutdown_minutes"] = _minutes(str(idle))
    return data


def _of_size(name: str) -> dict[str, Any]:
    """Return the limits of a size of Azure's machines, if it is one without a GPU."""
    found = _AZURE_SIZE.fullmatch(name)
    if found is None:
        message = f"{name[:80]!r} is not a size of Azure's series D, E and F: write cpus and memory"
        raise misplaced(message, ("size",))
    family, number, version = found[1].upper(), int(found[2]), int(found[3])
    if family.startswith("D") and version == 2:  # a number of their list: DS1_v2 to DS5_v2, DS11_v2 to DS15_v2
        large, step = divmod(number - 1, 10)
        cpus, each = 2 ** (step + large), (3.5, 7.0)[min(large, 1)]
    else:
        cpus, each = number, {"D": 4.0, "DS": 4.0, "E": 8.0, "F": 2.0}[family]
    return {"cpus": cpus, "memory": f"{cpus * each:g}GB"}


def _minutes(duration: str) -> int:
    found = _MINUTES.fullmatch(duration)
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0) if found else 0
    if minutes == 0:
        message = f"{duration[:40]!r} is not a duration in minutes, e.g. PT30M"
        raise misplaced(message, ("idle_time_before_shutdown",))
    return minutes
