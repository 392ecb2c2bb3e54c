# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Print text in which control characters are escaped, so that no name or output can control the terminal."""

from __future__ import annotations

import click

from jupyter_ml.schemas.escaping import visible

__all__ = ["echo"]


def echo(text: str = "", *, colour: str | None = None, err: bool = False, end: str = "\n") -> None:
    """Print a text of one or more lines, with its control characters escaped."""
    click.secho(visible(text, lines=True) + end, fg=colour, err=err, nl=False)  # noqa: TID251
