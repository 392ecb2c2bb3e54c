# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the state of a git repository without running its hooks, pagers or diff programs."""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from jupyter_ml.schemas.git import GitState

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_DIFF_BYTES", "describe"]

MAX_DIFF_BYTES = 10 * 1024**2
"""A larger diff is not stored."""

_TIMEOUT_S = 10.0
_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat")
_NO_PROGRAMS = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty")


def describe(folder: Path) -> GitState | None:
    """Return the state of the repository that `folder` is in; None without one, without git, or without an answer."""
    absolute = folder.resolve()
    if not any((above / ".git").exists() for above in (absolute, *absolute.parents)):
        return None  # most folders: no process is started
    try:
        if _git(folder, "rev-parse", "--is-inside-work-tree") != "true":
            return None
        commit = _git(folder, "rev-parse", "--verify", "--quiet", "HEAD")
        diff = _diff(folder) if commit else None
        return GitState(
            commit=commit,
            branch=_git(folder, "symbolic-ref", "--quiet", "--short", "HEAD"),
            remote=_without_credentials(_git(folder, "config", "--get", "remote.origin.url")),
            dirty=diff is not None,
            diff=diff if diff and len(diff) <= MAX_DIFF_BYTES else None,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _command(folder: Path, *arguments: str) -> list[str]:
    return ["git", "-C", str(folder), *_OPTIONS, *arguments]


def _environment() -> dict[str, str]:
    # GIT_DIR and similar variables would point to another repository
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def _git(folder: Path, *arguments: str) -> str | None:
    """Return git's output if it is one line; None without one."""
    done = subprocess.run(
        _command(folder, *arguments),
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    return done.stdout.decode(errors="replace").strip() or None if done.returncode == 0 else None


def _diff(folder: Path) -> bytes | None:
    """Return the uncommitted changes of tracked files; None where there are none."""
    with tempfile.TemporaryFile() as output:  # on disk: it may be huge
        subprocess.run(
            _command(folder, "diff", "HEAD", "--binary", "--no-color", *_NO_PROGRAMS),
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
        )
        output.seek(0)
        return output.read(MAX_DIFF_BYTES + 1) or None


def _without_credentials(remote: str | None) -> str | None:
    parts = urlsplit(remote or "")
    if not parts.scheme:
        return remote
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))
