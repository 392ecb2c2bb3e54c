# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Types of fields that are references, which are checked where a spec is parsed."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, StringConstraints

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.reference_parts import ASSET_NAME, shown
from jupyter_ml.schemas.references import AssetRef, DatastorePath, LocalPath, Url, parse_reference

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CURRENT",
    "ComputeName",
    "DataLocation",
    "DatastoreLocation",
    "EnvironmentName",
    "LocalLocation",
    "StorageLocation",
]

CURRENT = "current"
"""The environment of the client that submits a job, in place of a name."""


def _validator(parse: Callable[[str], str]) -> AfterValidator:
    @wraps(parse)
    def validate(text: str) -> str:
        try:
            return parse(text)
        except InvalidInputError as error:
            raise ValueError(str(error)) from error

    return AfterValidator(validate)


def _data(text: str) -> str:
    return str(parse_reference(text))


def _datastore(text: str) -> str:
    reference = parse_reference(text)
    if isinstance(reference, DatastorePath) and reference.path.strip("/"):
        return str(reference)
    raise InvalidInputError(f"{shown(text)} is not a path in a datastore: write azureml://datastores/NAME/paths/PATH")


def _local(text: str) -> str:
    reference = parse_reference(text, only_path=True)
    if isinstance(reference, LocalPath):
        return text
    raise InvalidInputError(f"{shown(str(reference))} is not a local path, and only local paths are possible here")


def _compute(text: str) -> str:
    if text[: len("azureml:")].lower() != "azureml:":
        return text
    name = text[len("azureml:") :]
    if re.fullmatch(ASSET_NAME, name):
        return name
    example = name.rpartition("/")[2]
    example = example if re.fullmatch(ASSET_NAME, example) else "NAME"
    raise InvalidInputError(f"{shown(text)} is not a compute: write azureml:{example} or {example}")


def _environment(text: str) -> str:
    if text == CURRENT:
        return text
    reference = AssetRef.parse(text)
    if reference.kind not in (None, "environments"):
        raise InvalidInputError(f"{shown(text)} is one of the {reference.kind}, not an environment")
    return str(reference)


def _storage(text: str) -> str:
    reference = parse_reference(text)
    if isinstance(reference, LocalPath | Url):
        return text
    raise InvalidInputError(f"{shown(text)} is not a path or URL")


_Text = Annotated[str, StringConstraints(max_length=4_096)]  # the longest path on Linux

DataLocation = Annotated[_Text, _validator(_data)]
"""Where data is: any reference."""
DatastoreLocation = Annotated[_Text, _validator(_datastore)]
"""A file or directory in a datastore."""
LocalLocation = Annotated[_Text, _validator(_local)]
"""A path of this machine."""
StorageLocation = Annotated[_Text, _validator(_storage)]
"""A path of this machine, or a URL without a secret."""
EnvironmentName = Annotated[_Text, _validator(_environment)]
"""An environment, e.g. ``azureml:NAME:VERSION`` or ``azureml:NAME@LABEL``, a name of Azure ML's, or ``current``."""
ComputeName = Annotated[str, StringConstraints(min_length=1, max_length=256), _validator(_compute)]
"""Name of a compute; Azure ML writes ``azureml:NAME``."""
