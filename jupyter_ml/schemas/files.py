# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files that a job has written, and parts of its event log."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.event_log import AttemptEvent

__all__ = [
    "EventLogPart",
    "JobFile",
    "JobFiles",
    "OutsideFile",
    "OutsideFiles",
    "Shortened",
    "TextHit",
    "TextHits",
    "TextPart",
]


class JobFile(Schema):
    """A file or directory of a job: of its last attempt, an artifact of its MLflow run, or of a logged model."""

    path: str
    """With slashes, as it is given to ``files/{path}``."""
    directory: bool = False
    size_bytes: int | None = None
    """None for a directory, and where an artifact store does not tell it."""
    modified_at: Time | None = None
    """None for a directory, and in an artifact store."""
    media_type: str
    """E.g. ``image/png``, by the file's name; ``inode/directory`` for a directory."""
    uri: str | None = None
    """Argument of ``mlflow.artifacts.download_artifacts``; None for a file that is not an artifact (yet)."""


class OutsideFile(Schema):
    """A file that a job wrote in its working directory, but not below ``outputs/``."""

    path: str
    """Relative to the working directory, with slashes."""
    size_bytes: int
    new: bool
    """False for a file of the job's code that it changed."""
    kept: bool
    """Whether it is among the job's files, as ``files/`` and its path; otherwise it was removed."""


class OutsideFiles(Schema):
    """The files that a job wrote in its working directory, but not below ``outputs/``; caches do not count."""

    items: list[OutsideFile] = []
    """The first 200."""
    count: int = 0
    """How many there were in all."""
    size_bytes: int = 0
    """Of all of them."""
    truncated: bool = False
    """Whether there were too many to count."""


class JobFiles(Schema):
    """A page of the files of a job."""

    items: list[JobFile]
    truncated: bool = False
    """Whether there are more after this page."""
    outside: OutsideFiles | None = None
    """What it wrote elsewhere; None as long as it runs, for jobs of other processes, and for a ``path``."""
    problems: list[str] = []
    """What could not be read, e.g. because an artifact store does not answer; the other files are listed."""


class Shortened(Schema):
    """An output that is too large for a response with others."""

    index: int
    """Of its event in ``events``."""
    offset: int
    """Ask for the event log from here, ``whole``, with ``limit_bytes`` 1, to get all of it, up to 8 MiB."""
    size_bytes: int
    """Of its event."""
    position: int | None = None
    """Of printed text, where the rest begins: `getText` returns it from here. None for any other output."""
    lines: int = 0
    """How many lines the rest has."""
    unfinished: bool = False
    """Whether the rest ends within a line; the next text of the same stream goes on with it."""


class TextPart(Schema):
    """A piece of printed text."""

    text: str
    position: int | None
    """Position where it continues; None at the end of its event."""


class TextHit(Schema):
    """A line that contains a text."""

    offset: int
    """Of its event in the event log."""
    position: int
    """Where the line begins."""
    line: int
    """How many lines come before it in its event."""


class TextHits(Schema):
    """Lines that contain a text, in order."""

    items: list[TextHit]
    total: int
    """How many there are; more than ``items`` where they are too many."""


class EventLogPart(Schema):
    """Some of the events of an attempt, in order."""

    attempt: int
    events: list[AttemptEvent]
    shortened: list[Shortened] = []
    offset: int
    """Offset at which to continue."""
    complete: bool
    """Whether the attempt has ended and this was the last part."""
    problem: str | None = None
    """Why the events are not there any more, e.g. because the directory of the job was deleted."""
