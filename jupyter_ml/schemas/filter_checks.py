# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a client that edits a filter shows: how it can be completed, and what is wrong with it."""

from __future__ import annotations

from pydantic import Field

from jupyter_ml.schemas.base import Schema

__all__ = ["FilterCheck", "FilterCheckQuery", "FilterCompletion"]


LONGEST = 2_500
"""Characters of a filter that is checked: two of them are shorter than a request's 64 kB, at 12 bytes a character."""


class FilterCheckQuery(Schema):
    """A filter that is being edited."""

    filter: str = Field(default="", max_length=LONGEST)
    before: str = Field(default="", max_length=LONGEST)
    """The part before the cursor, which is completed."""


class FilterCompletion(Schema):
    """One way to complete a filter."""

    before: str
    """The new part before the cursor."""
    label: str
    """What is added, for display."""
    detail: str = ""
    """What it means."""


class FilterCheck(Schema):
    """How a filter can be completed, and what is wrong with it."""

    completions: list[FilterCompletion] = []
    error: str | None = None
    """Why the filter cannot be read; None if it can."""
    incomplete: bool = False
    """Whether the error may go away when more is typed."""
    kinds: list[str] = []
    """The kinds of resources that have such a filter: ``alpha=0.1`` does not apply to experiments."""
    notice: str | None = None
    """Why the filter finds nothing, although it can be read: it names a parameter that no job has, or
    contains ``or``, which is a word like others.
    """
