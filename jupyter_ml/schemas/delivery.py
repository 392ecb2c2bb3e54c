# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the executor and the program that delivers data to a job exchange: lines of JSON."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.fingerprints import Fingerprint
from jupyter_ml.schemas.job_data import InputType

__all__ = ["Delivered", "Delivery", "DeliveryRequest", "OnChange", "Upload", "file_name", "is_folder"]

OnChange = Literal["warn", "fail"]
"""What happens to a job if data has changed since it was registered."""


class Delivery(Schema):
    """An input that is checked or downloaded before a job starts."""

    name: str
    """Name of the input."""
    reference: str
    """What it is, for messages."""
    location: str
    """Where its data is: a path of this machine, a path in a datastore or a URL."""
    type: InputType
    download: bool = False
    """Whether it is downloaded."""
    expected: Fingerprint | None = None
    """What the data was like when it was registered."""
    on_change: OnChange = "warn"


class Upload(Schema):
    """An output that is written to a datastore after a job has completed."""

    name: str
    """Name of the output."""
    source: str
    """Path of the file or directory, relative to the directory of the attempt."""
    location: str
    """Where it is written to: a path in a datastore."""


class DeliveryRequest(Schema):
    """The first line of the standard input of the program that delivers data."""

    inputs: list[Delivery] = []
    uploads: list[Upload] = []
    folder: str
    """Directory of the attempt."""
    cache: str
    """Directory of downloaded data."""
    max_bytes: int
    """Largest size of that directory."""
    connections: dict[str, dict[str, Any]] = Field(default={}, repr=False)
    """Connections of datastores by name."""


class Delivered(Schema):
    """A line that the program writes: how far it is, what it has found, or why it failed."""

    name: str
    """Name of the input or output."""
    done: int | None = None
    """Bytes that are transferred so far, of `bytes`; None in the line with the result."""
    state: Literal["unchanged", "changed", "missing", "unknown"] | None = None
    """Whether the data is what was registered; None if that was not compared."""
    detail: str = ""
    """What has changed."""
    files: int | None = None
    bytes: int | None = None
    cached: bool | None = None
    """Whether it had been downloaded before."""
    path: str | None = None
    """Directory with the downloaded data."""
    lock: str | None = None
    """File that has to be locked as long as the downloaded data is used."""
    error: str | None = None
    """Why it is not possible."""


def is_folder(type_: InputType, location: str) -> bool:
    """Return whether data is a directory; of a model of another form, the name decides."""
    if type_ == "custom_model":
        return not PurePosixPath(file_name(location)).suffix
    return type_ != "uri_file"


def file_name(location: str) -> str:
    """Return the name of the file or directory that a path or URL leads to."""
    path = urlsplit(location).path if location.startswith(("http://", "https://")) else location
    return PurePosixPath(path).name or "data"
