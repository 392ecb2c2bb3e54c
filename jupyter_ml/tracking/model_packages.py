# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The packages of a model that a job logs: those that the job has imported, in the versions of its environment.

MLflow finds them by loading the model again in another process, which imports everything a second time.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["use_imported_packages"]

_BELOW = ("mlflow-skinny", "ipykernel", "ipywidgets", "jupyter-ml")
"""Distributions that a job's process has for itself: what only they need is not part of a model."""


_USED = ("_MODULES_TO_PACKAGES", "_capture_imported_modules", "_get_requires_recursive", "_normalize_package_name")
"""What is used of MLflow's module; `tests/tracking/test_model_packages.py` fails when one of them changes."""


def use_imported_packages() -> None:
    """Make MLflow take the packages of a model from what this process has imported."""
    from mlflow.utils import requirements_utils

    utils: Any = requirements_utils
    if not all(hasattr(utils, name) for name in _USED):  # another version of MLflow: it is slow, but right
        return
    utils._capture_imported_modules = _captured(utils, utils._capture_imported_modules)  # noqa: SLF001 -- MLflow has no setting


def _captured(utils: Any, before: Callable[..., Any]) -> Callable[..., Any]:
    def capture(model_uri: str, flavor: str, record_full_module: bool = False, **options: Any) -> Any:
        if record_full_module:  # a caller that needs the names of inner modules
            return before(model_uri, flavor, record_full_module=True, **options)
        return sorted(_imported(utils))

    return capture


def _imported(utils: Any) -> set[str]:
    """Return the top-level modules of this process that belong to a distribution which a model may need."""
    others = _others(utils)
    return {
        name
        for name, module in list(sys.modules.items())
        if name in utils._MODULES_TO_PACKAGES  # noqa: SLF001 -- as MLflow's own function
        and getattr(module, "__file__", None) is not None  # a namespace, e.g. `google`, has parts of many distributions
        and not others.issuperset(_names(utils, name))
    }


def _names(utils: Any, module: str) -> set[str]:
    return {utils._normalize_package_name(name) for name in utils._MODULES_TO_PACKAGES[module]}  # noqa: SLF001 -- likewise


@cache
def _others(utils: Any) -> frozenset[str]:
    """Return the distributions in `_BELOW`, with all that they require."""
    required = (name for each in _BELOW for name in utils._get_requires_recursive(each))  # noqa: SLF001 -- likewise
    return frozenset(map(utils._normalize_package_name, (*_BELOW, *required)))  # noqa: SLF001 -- likewise
