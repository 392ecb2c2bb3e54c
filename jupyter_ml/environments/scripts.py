# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the dependencies that a script or a notebook declares in a comment (PEP 723)."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["read_script"]

_BLOCK = re.compile(r"^# /// script[ \t]*$\n(?P<content>(?:^#(?: .*)?$\n?)*?)^# ///[ \t]*$", re.MULTILINE)


def read_script(text: str, *, notebook: bool) -> dict[str, Any]:
    """Return the content of the ``script`` block of a Python file or of a notebook.

    Raises
    ------
    InvalidInputError
        If there is no such block, there are two, or it is not TOML.
    """
    sources = list(_cells(text)) if notebook else [text]
    blocks = [match["content"] for source in sources for match in _BLOCK.finditer(source)]
    if len(blocks) != 1:
        problem = "two blocks" if blocks else "no block"
        raise InvalidInputError(
            f"it has {problem} of the form '# /// script', with lines such as '# dependencies = [\"pandas\"]', and "
            "'# ///' at its end: write one"
        )
    lines = (line[2:] if line.startswith("# ") else line[1:] for line in blocks[0].splitlines())
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"the block '# /// script' is not TOML: {error}") from None


def _cells(text: str) -> Iterator[str]:
    """Yield the sources of the code cells of a notebook, whose JSON is all that is read."""
    try:
        for cell in json.loads(text)["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"]) + "\n"
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInputError("it is not a notebook") from error
