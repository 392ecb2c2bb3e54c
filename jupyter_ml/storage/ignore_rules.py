# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Determine which files of a directory do not belong to its code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, reason

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["IgnoreRules", "is_cache"]

MAX_PATTERN_CHARS = 200

_FOLDERS = frozenset(
    {
        ".git",
        ".ipynb_checkpoints",
        ".jupyter-ml",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        "__pycache__",
        "mlruns",
        "node_modules",
    }
)


def is_cache(path: str, *, folder: bool) -> bool:
    """Return whether `path` is a cache or similar, which is neither code nor a result."""
    name = path.rpartition("/")[2]
    return name in _FOLDERS if folder else name == ".DS_Store" or name.endswith(".pyc")


class IgnoreRules:
    """The rules of a source directory: built-in ones, and its ignore files.

    As with Azure ML, ``.gitignore`` files count only where the source has no ``.amlignore``.
    """

    def __init__(self, source: Path) -> None:
        self._source = source
        self._name = ".amlignore" if (source / ".amlignore").is_file() else ".gitignore"

    def inside(self, folder: str, above: Sequence[tuple[str, Any]] = ()) -> list[tuple[str, Any]]:
        """Return the patterns that apply inside `folder`, given those of the directory above it, nearest first."""
        file = self._source / folder / self._name
        try:
            lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return list(above)
        except OSError as error:
            raise InvalidInputError(f"{file} cannot be read: {reason(error)}") from error
        from pathspec import GitIgnoreSpec  # many directories have no ignore file

        # a blank line would not be counted; the number of a pattern is that of its line
        try:
            return [(folder, GitIgnoreSpec.from_lines(line or "#" for line in lines)), *above]
        except ValueError as error:
            raise InvalidInputError(f"{file}: {error}") from error

    def ignored_by(self, path: str, patterns: Sequence[tuple[str, Any]], *, folder: bool) -> str | None:
        """Return by which rule `path`, relative to the source, is left out; None where it is not.

        A rule is a file, a line and a pattern, e.g. ``.gitignore:3: data/``, or empty for a built-in one.
        """
        if is_cache(path, folder=folder) or (folder and Path(self._source, path, "pyvenv.cfg").is_file()):
            return ""
        for base, spec in patterns:
            relative = path[len(base) + 1 :] if base else path
            found = spec.check_file(f"{relative}/" if folder else relative)
            if found.include is not None:
                return self._rule(base, spec, found.index) if found.include else None
        return None

    def _rule(self, base: str, spec: Any, index: int) -> str:
        file = f"{base}/{self._name}" if base else self._name
        return f"{file}:{index + 1}: {str(spec.patterns[index].pattern)[:MAX_PATTERN_CHARS]}"
