# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The kernelspecs of a workspace: each environment on each compute that can have it, and computes without one."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.environments.kernelspecs import ipykernel_command, python_kernel, write_kernelspec
from jupyter_ml.schemas.references import AssetRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "ENVIRONMENT_PYTHON",
    "InstalledEnvironment",
    "Place",
    "WorkspaceKernel",
    "is_of_compute",
    "kernel_name",
    "read_kernel",
    "write_kernels",
]

PROVISIONER = "jupyter-ml"
"""Name of `jupyter_ml.kernels.provisioner.ComputeProvisioner` among the entry points."""
NOTEBOOK_KERNEL = ["-P", "-m", "jupyter_ml.executor.notebook_kernel"]
"""Arguments of our Python before that of an environment, in which it starts a kernel."""
ENVIRONMENT_PYTHON = "{environment_python}"
"""Stands for the Python of an environment that is installed on a compute when the kernel starts."""
METADATA = "jupyter_ml"
"""Key of a kernelspec with what Jupyter ML needs to know of it."""
_MAX_NAME = 200


class InstalledEnvironment(NamedTuple):
    """An environment that is installed, on this machine or on computes."""

    name: str
    version: str
    python: Path | None
    """Its Python on this machine."""
    variables: Mapping[str, str]
    definition: Mapping[str, Any]


class Place(NamedTuple):
    """A compute on which kernels start."""

    compute: str | None
    """Name of the compute; None for this machine, whose own Python is a kernel of Jupyter already."""
    config: Mapping[str, Any]
    """Configuration of the provisioner."""
    python: str
    """The Python of the compute that has Jupyter ML's executor."""
    environments: Mapping[str, Any] | None = None
    """Where environments are on this machine, and how they are built, if they have to be sent; None if it sees them."""


class WorkspaceKernel(NamedTuple):
    """What a kernelspec of a workspace stands for."""

    compute: str | None
    environment: AssetRef | None


def kernel_name(environment: str | None, compute: str | None = None) -> str:
    """Return the name of a kernel, in lower case as Jupyter's are; the name of a compute has no dots."""
    parts = [environment] if compute is None else ["", compute, *([environment] if environment else [])]
    joined = ".".join(part for part in parts if part is not None)
    return f"jupyter-ml{joined if compute is not None else f'-{joined}'}".lower()


def is_of_compute(kernel: str) -> bool:
    """Return whether the kernel of this name starts on another compute."""
    return kernel.startswith(kernel_name(None, ""))


def read_kernel(folder: Path) -> WorkspaceKernel | None:
    """Return what the kernelspec in a folder stands for; None if it is not one of a workspace."""
    file = folder / "kernel.json"
    spec = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}  # that of this Python needs none
    about = spec.get("metadata", {}).get(METADATA)
    if not about:
        return None
    environment = AssetRef(about["environment"], about["version"]) if "environment" in about else None
    return WorkspaceKernel(about.get("compute"), environment)


def write_kernels(folder: Path, places: Iterable[Place], environments: Iterable[InstalledEnvironment]) -> None:
    """Make the kernels in `folder` exactly those of some computes and environments.

    Parameters
    ----------
    folder
        A directory of kernels.
    places
        The computes.
    environments
        The environments; of two with the same name in lower case, the last one counts.
    """
    installed = [each for each in environments if len(each.name) <= _MAX_NAME]
    wanted = dict(spec for place in places for spec in _kernels(place, installed))
    for name, spec in wanted.items():
        write_kernelspec(folder / name, spec)
        _copy_icons(folder / name)
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name not in wanted:
                shutil.rmtree(path, ignore_errors=True)


def _kernels(place: Place, environments: Iterable[InstalledEnvironment]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the names and the kernelspecs of a compute."""
    if place.compute is not None:
        spec = _kernelspec(place, ipykernel_command(place.python), place.compute)
        yield kernel_name(None, place.compute), spec
    for each in environments:
        sent = place.environments
        if sent is None and each.python is None:
            continue
        python = str(each.python) if sent is None else ENVIRONMENT_PYTHON
        title = each.name if place.compute is None else f"{place.compute} · {each.name}"
        spec = _kernelspec(place, [place.python, *NOTEBOOK_KERNEL, python, "{connection_file}"], title)
        if sent is not None:
            config = spec["metadata"]["kernel_provisioner"]["config"]
            config["environment"] = {**sent, "definition": each.definition}
        spec["env"] = dict(each.variables)
        spec["metadata"][METADATA] |= {"environment": each.name, "version": each.version}
        yield kernel_name(each.name, place.compute), spec


def _kernelspec(place: Place, command: list[str], title: str) -> dict[str, Any]:
    spec = python_kernel(command, f"Python ({title})")
    spec["interrupt_mode"] = "message"  # the kernel interrupts its children, too, wherever it runs
    spec["metadata"] |= {
        METADATA: {} if place.compute is None else {"compute": place.compute},
        "kernel_provisioner": {"provisioner_name": PROVISIONER, "config": dict(place.config)},
    }
    return spec


def _copy_icons(folder: Path) -> None:
    """Add the icons of Python's kernel, which ipykernel has."""
    ipykernel = find_spec("ipykernel")
    for place in (ipykernel.submodule_search_locations if ipykernel else None) or []:
        for icon in Path(place, "resources").glob("logo-*"):
            if not (folder / icon.name).exists():
                shutil.copyfile(icon, folder / icon.name)
