# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run uv, which resolves and installs packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.redaction.variables import confidential

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["find_uv", "run_uv"]

_PASSED = ("PATH", "HOME", "USER", "LANG", "TMPDIR", "PIP_CERT", "NETRC")
_PATTERN = re.compile(r"(UV_|JUPYTER_ML_|XDG_|SSL_CERT_|LC_|(HTTPS?|ALL|NO)_PROXY$)", re.IGNORECASE)
_NOISE = re.compile(r"^(Using |Resolved |warning: The requested Python|DEBUG|TRACE)")
_LONGEST_CHARS = 3_000


def find_uv() -> str:
    """Return the path of uv; UnavailableError if it is not installed."""
    try:
        import uv

        return str(uv.find_uv_bin())
    except (ImportError, FileNotFoundError):
        pass
    found = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        raise UnavailableError("environments are installed by uv, which is not installed here: pip install uv")
    return found


def run_uv(
    arguments: Sequence[str],
    *,
    cwd: Path,
    stdin: str | None = None,
    env: Mapping[str, str] | None = None,
    keep_open: int | None = None,
) -> tuple[str, str]:
    """Run uv, and return its output and its messages.

    Parameters
    ----------
    arguments
        Its arguments.
    cwd
        Its working directory.
    stdin
        Its standard input.
    env
        Further variables.
    keep_open
        Descriptor of a file that it inherits, so that a lock of the file is held until it has ended.

    Raises
    ------
    InvalidInputError
        If it fails, with its message.
    UnavailableError
        If it is not installed, or cannot reach a package index.
    """
    variables = {name: value for name, value in os.environ.items() if name in _PASSED or _PATTERN.match(name)}
    given = {**variables, **(env or {})}
    done = subprocess.run(
        [find_uv(), *arguments, "--no-progress", "--color=never"],
        cwd=cwd,
        input=stdin,
        env=given,
        pass_fds=() if keep_open is None else (keep_open,),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    messages = Redactor(confidential(given)).text(done.stderr)  # the URL of an index may have a password
    if done.returncode:
        message = explained(messages)
        unreachable = re.search(r"(error sending request|Failed to fetch|dns error|Connection refused)", messages)
        raise (UnavailableError if unreachable else InvalidInputError)(message)
    return done.stdout, messages


def explained(output: str) -> str:
    """Return the message of uv in one paragraph, without the marks at the beginning of its lines."""
    lines = (re.sub(r"^[^\w'\"(\[{-]+", "", line) for line in output.splitlines())
    text = " ".join(line for line in lines if line and not _NOISE.match(line)).removeprefix("error: ")
    return (text or "uv has failed without a message")[:_LONGEST_CHARS]
