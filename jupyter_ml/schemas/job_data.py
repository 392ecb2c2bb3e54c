# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the inputs and outputs of a job are: the assets that they name, and where their data is."""

from __future__ import annotations

from typing import Literal

from jupyter_ml.schemas.base import Schema

__all__ = ["InputRecord", "InputType", "OutputRecord"]

InputType = Literal["uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model"]
"""A file; a directory; a table that a file named ``MLTable`` describes; a model of MLflow; a model of another form."""


class _Record(Schema):
    kind: str | None = None
    """Kind of the asset that it is a version of, e.g. ``data``; None if it is not one."""
    reference: str
    """The version of the asset, e.g. ``azureml:titanic:3``, or the path or URI that the job names."""
    type: InputType
    location: str
    """Where the data is: a path of this machine, a path in a datastore or a URL."""


class InputRecord(_Record):
    """What an input of a job is, found when the job was submitted, and what was found when it started."""

    state: Literal["unchanged", "changed", "missing", "unknown"] | None = None
    """Of the version of an asset: whether its data is what was registered; ``unknown`` if the server reports nothing
    that could be compared. None if that was not compared.
    """
    detail: str = ""
    """What has changed, e.g. ``2,048 bytes instead of 1,024``."""
    files: int | None = None
    """Number of files; None if it was not counted."""
    bytes: int | None = None
    """Their size in all; None if it was not measured."""
    cached: bool | None = None
    """Whether its files were downloaded before; None if they were not downloaded."""


class OutputRecord(_Record):
    """What was made of an output of a job when it had completed."""
