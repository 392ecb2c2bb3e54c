# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compare what two versions of an asset consist of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ml.schemas.comparison import Difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["differences", "versions_of"]

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?P<version>[^;]*)")


def versions_of(requirements: Iterable[str], python: str | None = None) -> dict[str, str]:
    """Return the versions of packages by their normalized names, with that of Python."""
    found = {"python": python} if python else {}
    for line in requirements:
        match = _REQUIREMENT.fullmatch(line.partition(";")[0].strip())
        if match is None or line.startswith("-"):
            found[line] = ""
        else:
            name = re.sub(r"[-_.]+", "-", match["name"]).lower()
            found[name] = match["version"].strip().removeprefix("==")
    return found


def differences(first: Mapping[str, str], second: Mapping[str, str]) -> list[Difference]:
    """Return a row for each name: those that differ first, then by name."""
    names = sorted({*first, *second}, key=lambda name: (first.get(name) == second.get(name), name))
    return [Difference(name=name, first=first.get(name), second=second.get(name)) for name in names]
