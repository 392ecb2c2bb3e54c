# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Add a hint to a failure that a missing file has caused."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.executor.missing_variables import error_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.executor.outcome import Outcome
    from jupyter_ml.schemas.launch import AttemptFolder, Launch

__all__ = ["explain_file"]

_NOT_FOUND = re.compile(
    r"no such file|no file|not found|not exist|No module named|can(?:not|'t| not) (?:open|find|access|stat|read|load)"
    r"|unable to (?:open|find|read|load)|FileNotFoundError",
    re.IGNORECASE,
)
"""Matches the messages of programs about a missing file, in a line with its path."""
_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"")
_MODULE = re.compile(r"No module named '([\w.]+)'")
_UNQUOTED = re.compile(r"^(?P<path>\S.*?) (?:not found|does not exist)|\(os error 2\): (?:\.\.\.)?(?P<rest>\S.*)$")
"""Matches the messages of NumPy and of Rust's libraries, which do not quote the path."""


def explain_file(outcome: Outcome, folder: AttemptFolder, launch: Launch) -> Outcome:
    """Return the outcome, with a hint if a file is missing that exists where the job was submitted."""
    cause = outcome.cause
    if cause is None or launch.source is None:
        return outcome
    for path in _candidates(error_text(cause, folder.std_log)):
        hint = _hint(path, folder.work, launch)
        if hint is not None:
            return replace(outcome, cause=cause.model_copy(update={"hint": hint}))
    return outcome


def _candidates(text: str) -> Iterator[str]:
    """Yield possible paths of a missing file, the last one first."""
    for line in reversed([line.strip() for line in text.splitlines() if _NOT_FOUND.search(line)]):
        if module := _MODULE.search(line):
            base = module[1].replace(".", "/")
            yield from (f"{base}.py", base, f"{base.partition('/')[0]}.py", base.partition("/")[0])
        yield from ("".join(found) for found in reversed(_QUOTED.findall(line)))
        beside = re.sub(r"^FileNotFoundError: ", "", line)
        if found := _UNQUOTED.search(beside):
            yield found["path"] or found["rest"]
        yield from reversed([part.strip() for part in beside.split(": ")])


def _hint(path: str, work: Path, launch: Launch) -> str | None:
    """Return a hint about a path that does not exist in the copy of the code; None if it exists nowhere."""
    assert launch.source is not None
    inside = _inside(path, work, launch.start)
    if inside is None:
        return None if _exists(Path(path)) else f"{path} does not exist on this machine."
    there = os.path.normpath(Path(launch.source, inside))
    if not _is_there_only(work / inside, Path(there)):
        return None
    ways = f"write the path {there}, or pass it to the job as an input"
    if inside == ".." or inside.startswith("../"):
        folder = there if Path(there).is_dir() else str(Path(there).parent)
        code = os.path.commonpath([folder, launch.source])
        where = f"{path} is outside {launch.source}, of which the job has a copy"
        return f"{where}: submit it with --code {code}, {ways}."
    if not launch.copied:
        return f"With --no-code the job has a copy of the notebook only: submit it without that option, {ways}."
    rule = next((each.rule for each in launch.ignored if f"{inside}/".startswith(f"{each.path}/")), None)
    if rule is None:
        return f"{there} did not exist yet when the job was submitted." if _exists(Path(there)) else None
    return (
        f"{inside} is not in the job's copy of {launch.source} because of {rule}: {ways}, or remove that rule. "
        "An .amlignore in that folder replaces all .gitignore files."
    )


def _is_there_only(here: Path, there: Path) -> bool:
    """Return whether a file, or the folder to write it into, exists at the source and not in the copy."""
    if _exists(here):
        return False
    return _exists(there) or (_exists(there.parent) and not _exists(here.parent))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # not a possible path
        return False


def _inside(path: str, work: Path, start: str) -> str | None:
    """Return a path relative to the copy of the code; None for an absolute one outside of it."""
    whole = os.path.normpath(work / start / path)
    real = os.path.realpath(work)
    for base in (str(work), real):
        if whole == base or whole.startswith(f"{base}/"):
            return os.path.relpath(whole, base)
    return None if path.startswith("/") else os.path.relpath(whole, work)
