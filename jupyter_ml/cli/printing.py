# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Printing: nothing that a job, a file or a user is called can move the cursor or name the window."""

from __future__ import annotations

import click

from jupyter_ml.schemas.escaping import visible

__all__ = ["echo"]


def echo(text: str = "", *, colour: str | None = None, err: bool = False, end: str = "\n") -> None:
    """Print a text of one or more lines; what a terminal would take as an order is written out."""
    click.secho(visible(text, lines=True) + end, fg=colour, err=err, nl=False)  # noqa: TID251
