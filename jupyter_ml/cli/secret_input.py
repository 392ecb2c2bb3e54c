# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read secrets from the terminal without showing them, or from a pipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FIELD", "read_line", "read_secret", "separate_secrets"]

FIELD = "credentials."
"""What the names of fields with secrets begin with."""


def separate_secrets(values: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Return the texts of ``--set`` without those of secrets, and the secrets, which are read now.

    ``--set credentials.NAME=-`` reads one from the terminal or from standard input: one line for each, or all of it if
    there is only one.

    Raises
    ------
    InvalidInputError
        If a secret is on the command line, where other users of the machine can see it.
    """
    from jupyter_ml.schemas.connections import PUBLIC_CREDENTIALS

    plain, names = [], []
    for text in values:
        name, _, value = text.partition("=")
        field = name.removeprefix(FIELD)
        if (field == name and f"{name}." != FIELD) or field in PUBLIC_CREDENTIALS or value == "null":
            plain.append(text)
        elif value == "-":
            names.append(name)
        else:
            raise InvalidInputError(
                f"--set {name}: other users can see a command line: write {FIELD}NAME=-, and enter it when asked",
                field=name,
            )
    return plain, {name: read_secret(name, whole=len(names) == 1) for name in names}


def read_secret(name: str, *, whole: bool = True) -> str:
    """Return a secret that the user enters, or the next line or the `whole` of standard input if that is a pipe."""
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True, err=True))
    value = _without_end(sys.stdin.read() if whole else sys.stdin.readline())
    if not value:
        raise InvalidInputError(f"{name}: standard input is empty: pass the value through it", field=name)
    return value


def read_line(name: str, *, hidden: bool) -> str:
    """Return what the user enters, which may be empty, or the next line of standard input if that is a pipe."""
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=hidden, default="", show_default=False, err=True))
    return _without_end(sys.stdin.readline())


def _without_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")
