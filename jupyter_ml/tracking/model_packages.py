# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The packages of a model that a job logs: those that the job has imported, in the versions of its environment.

In an environment with a lock, these are lines of the lock: of what was imported, and of all that it requires. MLflow
finds packages by loading the model again in another process, which imports everything a second time.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.locks import LOCK_VARIABLE, packages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["use_imported_packages"]

_BELOW = ("mlflow-skinny", "ipykernel", "ipywidgets", "jupyter-ml")
"""Distributions that a job's process has for itself: what only they need is not part of a model."""


_USED = (
    "_MODULES_TO_PACKAGES",
    "_capture_imported_modules",
    "_get_pinned_requirement",
    "_get_requires_recursive",
    "_infer_requirements",
    "_init_modules_to_packages_map",
    "_normalize_package_name",
)
"""What is used of MLflow's module; `tests/tracking/test_model_packages.py` fails when one of them changes."""


def use_imported_packages() -> None:
    """Make MLflow take the packages of a model from what this process has imported."""
    from mlflow.utils import requirements_utils

    utils: Any = requirements_utils
    if not all(hasattr(utils, name) for name in _USED):  # another version of MLflow: it is slow, but right
        return
    utils._capture_imported_modules = _captured(utils, utils._capture_imported_modules)  # noqa: SLF001 -- MLflow has no setting
    utils._infer_requirements = _inferred(utils, utils._infer_requirements)  # noqa: SLF001 -- likewise
    caller: Any = sys.modules.get("mlflow.utils.environment")  # MLflow is just being imported: this may come first
    if hasattr(caller, "_infer_requirements"):
        caller._infer_requirements = utils._infer_requirements  # noqa: SLF001 -- likewise


def _captured(utils: Any, before: Callable[..., Any]) -> Callable[..., Any]:
    def capture(model_uri: str, flavor: str, record_full_module: bool = False, **options: Any) -> Any:
        if record_full_module:  # a caller that needs the names of inner modules
            return before(model_uri, flavor, record_full_module=True, **options)
        found = dict(_imported(utils))
        utils._MODULES_TO_PACKAGES.update(found)  # noqa: SLF001 -- MLflow looks up there what this returns
        return sorted(
            name for name, packages in found.items() if not _others(utils).issuperset(_named(utils, packages))
        )

    return capture


def _inferred(utils: Any, before: Callable[..., Any]) -> Callable[..., Any]:
    def infer(*arguments: Any, **options: Any) -> Any:
        lock = _lock(utils)
        if not lock:
            return before(*arguments, **options)
        utils._init_modules_to_packages_map()  # noqa: SLF001 -- as MLflow's own function
        imported = {name for _, packages in _imported(utils) for name in _named(utils, packages)}
        used = imported.union(*(_required(utils, name) for name in imported & lock.keys()))
        added = imported - lock.keys() - _others(utils)  # by `pip install` in the job
        pinned = (utils._get_pinned_requirement(name) for name in added)  # noqa: SLF001 -- likewise
        return sorted({*(lock[name] for name in used & lock.keys()), *pinned})

    return infer


def _lock(utils: Any) -> dict[str, str]:
    """Return the lines of the lock of this environment by package, without MLflow, which adds itself."""
    try:
        lines = packages_of(Path(os.environ[LOCK_VARIABLE]).read_text(encoding="utf-8"))
    except (KeyError, OSError):  # not locked, or on another machine
        return {}
    own = ("mlflow", "mlflow-skinny", "mlflow-tracing")
    return {name: line for line in lines if (name := _name(utils, line)) not in own}


def _imported(utils: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield the modules of this process that are part of a distribution, with the names of the distributions."""
    modules = dict(sys.modules)
    for name, module in modules.items():
        packages = utils._MODULES_TO_PACKAGES.get(name)  # noqa: SLF001 -- as MLflow's own function
        if packages is None or name.startswith("mlflow."):  # MLflow's extras
            continue
        if _file(module) is not None:
            yield name, packages
        else:  # a namespace, e.g. `google`, has parts of many distributions
            inner = {inside: _file(each) for inside, each in modules.items() if inside.startswith(f"{name}.")}
            files = {file: inside for inside, file in inner.items() if file}
            for package in packages:
                if inside := _first_of(package, files):
                    yield inside, [package]


def _file(module: Any) -> str | None:
    """Return the file of a module; an attribute of a lazy module would load it."""
    found: str | None = getattr(module, "__dict__", {}).get("__file__")
    return found


def _first_of(package: str, files: dict[str, str]) -> str | None:
    """Return the first module in `files` that a distribution has."""
    try:
        found = distribution(package)
    except PackageNotFoundError:  # only in MLflow's table
        return None
    paths = (str(found.locate_file(file)) for file in found.files or ())
    return next((files[path] for path in paths if path in files), None)


def _name(utils: Any, line: str) -> str:
    return next(iter(_named(utils, [line.partition("==")[0].partition("@")[0].partition("[")[0].strip()])))


def _named(utils: Any, packages: Iterable[str]) -> set[str]:
    return {utils._normalize_package_name(name) for name in packages}  # noqa: SLF001 -- as MLflow's own function


def _required(utils: Any, package: str) -> set[str]:
    return _named(utils, utils._get_requires_recursive(package))  # noqa: SLF001 -- likewise


@cache
def _others(utils: Any) -> frozenset[str]:
    """Return the distributions in `_BELOW`, with all that they require."""
    return frozenset(_named(utils, _BELOW)).union(*(_required(utils, name) for name in _BELOW))
