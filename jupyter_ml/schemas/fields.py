# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the fields of a resource from a YAML file and from options."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.options import assignments
from jupyter_ml.schemas.validation import validate
from jupyter_ml.schemas.yaml import Document, load, parse_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["located", "read_changes", "read_fields"]

S = TypeVar("S", bound=Schema)


def read_fields(model: type[S], file: Path | None, values: Iterable[str], texts: Mapping[str, str] | None = None) -> S:
    """Return the fields that a YAML file and options give, with file and line in the errors.

    Parameters
    ----------
    model
        Which fields there are.
    file
        The file, if there is one.
    values
        Texts of the option ``--set``: ``KEY=VALUE``, or ``KEY.NAME=VALUE`` for one value of a mapping, whose name may
        contain dots; ``null`` clears a field.
    texts
        Further values, which are text whatever they look like.
    """
    document = load(file) if file is not None else Document.empty()
    document.data.pop("$schema", None)  # for the completion of editors
    for key, text in assignments(values, "--set").items():
        document.put(tuple(key.split(".", 1)), parse_text(text), text)
    for key, text in (texts or {}).items():
        document.put(tuple(key.split(".", 1)), text)
    fields = validate(TypeAdapter(model), document, model)
    return fields.below(file.absolute().parent) if file is not None else fields


def read_changes(model: type[S], file: Path | None, values: Iterable[str], texts: Mapping[str, str] | None = None) -> S:
    """Return the fields to change as `read_fields` does, of which there has to be one."""
    changes = read_fields(model, file, values, texts)
    if not changes.model_fields_set:
        raise InvalidInputError("nothing to change: give new values by --set KEY=VALUE or in a file")
    return changes


@contextmanager
def located(file: Path | None) -> Iterator[None]:
    """Name file and line in errors about fields that are checked after they were read, such as settings of a type."""
    try:
        yield
    except InvalidInputError as error:
        if file is None:
            raise
        document = load(file)
        lines = [
            f"{document.where(tuple(line.partition(':')[0].split('.')))}: {line}" for line in str(error).splitlines()
        ]
        raise InvalidInputError("\n".join(lines), field=error.field) from error
