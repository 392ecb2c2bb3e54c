# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The environments that Azure ML provides by name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.schemas.environment_source import InlineEnvironment
from jupyter_ml.schemas.validation import validated
from jupyter_ml.schemas.yaml import load

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["curated", "find_curated"]

_PREFIX = re.compile(r"^azureml-", re.IGNORECASE)
_SUFFIX = re.compile(r"-(cuda[\d.]+|gpu|cpu)$", re.IGNORECASE)


@cache
def curated() -> Mapping[str, InlineEnvironment]:
    """Return the environments by name."""
    document = load(Path(__file__).with_suffix(".yml"))
    return {name: validated(InlineEnvironment, {"name": name, **each}) for name, each in document.data.items()}


def find_curated(name: str) -> InlineEnvironment | None:
    """Return the environment that a name of Azure ML means; None if there is none."""
    plain = _SUFFIX.sub("", _PREFIX.sub("", name)).lower()
    return curated().get(plain)
