# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the parameters that a notebook declares, and check given values, without running it."""

from __future__ import annotations

import ast
import io
import tokenize
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.notebooks.annotations import UnknownError, read_annotation, value_of
from jupyter_ml.notebooks.prepare import PARAMETERS, runs
from jupyter_ml.notebooks.python_source import is_python, without_magics
from jupyter_ml.notebooks.reading import Notebook, tags_of
from jupyter_ml.schemas.parameters import Parameter, coerce, encode, type_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import JsonValue

__all__ = ["Declaration", "check_parameters", "read_declaration", "read_defaults", "read_parameters"]


@dataclass(frozen=True)
class Declaration:
    """The parameters that a notebook declares in its cell tagged ``parameters``.

    Attributes
    ----------
    parameters : list of Parameter or None
        None if they are unknown, because the notebook is not in Python or the cell is not valid Python; an empty list
        if there is no such cell.
    tagged : bool
        Whether there is such a cell.
    runs : bool
        Whether that cell runs.
    """

    parameters: list[Parameter] | None
    tagged: bool
    runs: bool

    def defaults(self) -> dict[str, JsonValue]:
        """Return the encoded defaults of the parameters, as far as the source alone determines them."""
        declared = (self.parameters if self.runs else None) or []
        literal = (each for each in declared if each.default is not None or each.default_source == "None")
        return {each.name: each.default for each in literal}

    def check(self, given: Mapping[str, Any], *, from_text: bool = False) -> dict[str, JsonValue]:
        """Return values converted to the declared types, encoded; see `check_parameters`."""
        return {name: encode(coerce(self.find(name), value, from_text=from_text)) for name, value in given.items()}

    def find(self, name: str) -> Parameter:
        """Return the declaration of a parameter; InvalidInputError if the notebook does not declare it."""
        if self.parameters is None:
            return Parameter(name=name)
        if not self.tagged:
            raise InvalidInputError(
                "the notebook takes no parameters: add the tag 'parameters' to the cell that sets their defaults",
                field="parameters",
            )
        known = {parameter.name: parameter for parameter in self.parameters}
        if name not in known:
            raise InvalidInputError(
                f"the notebook has no parameter {name!r}{nearest(name, known)}; it has: {', '.join(known) or 'none'}",
                field=f"parameters.{name}",
            )
        return known[name]


def read_declaration(notebook: Notebook) -> Declaration:
    """Return what a notebook declares."""
    cells = [cell for cell in notebook["cells"] if PARAMETERS in tags_of(cell)]
    return Declaration(_declared_in(notebook, cells), tagged=bool(cells), runs=bool(cells) and runs(cells[0]))


def read_parameters(notebook: Notebook) -> list[Parameter] | None:
    """Return the parameters that a notebook declares; None if they are unknown."""
    return read_declaration(notebook).parameters


def _declared_in(notebook: Notebook, cells: list[dict[str, Any]]) -> list[Parameter] | None:
    if not is_python(notebook):
        return None
    source = without_magics(cells[0]["source"]) if cells else ""
    try:
        body, comments = ast.parse(source).body, _comments(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None
    found = {parameter.name: parameter for statement in body for parameter in _declared(statement, source, comments)}
    for name in found.keys() & {name for statement in body for name in _changed(statement)}:
        found[name] = found[name].model_copy(update={"default": None})  # the cell computes it
    return list(found.values())


def read_defaults(notebook: Notebook) -> dict[str, JsonValue]:
    """Return the encoded defaults of a notebook's parameters, as far as the source alone determines them."""
    return read_declaration(notebook).defaults()


def check_parameters(notebook: Notebook, given: Mapping[str, Any], *, from_text: bool = False) -> dict[str, JsonValue]:
    """Return values converted to the types that the notebook declares, encoded.

    Parameters
    ----------
    notebook
        As from `read_notebook`.
    given
        Values by name.
    from_text
        Whether the values were typed on a command line.

    Raises
    ------
    InvalidInputError
        For a parameter that the notebook does not declare, or a value of another type.
    """
    return read_declaration(notebook).check(given, from_text=from_text)


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _declared(statement: ast.stmt, source: str, comments: dict[int, str]) -> list[Parameter]:
    targets: Sequence[ast.expr]
    if isinstance(statement, ast.AnnAssign):
        targets, annotation = [statement.target], statement.annotation
    elif isinstance(statement, ast.Assign):
        targets, annotation = statement.targets, None
    else:
        return []
    default: JsonValue = None
    types: list[str] = []
    choices: list[JsonValue] = []
    if statement.value is not None:
        with suppress(UnknownError, InvalidInputError):
            value = value_of(statement.value)
            default = encode(value)
            # a default of None does not restrict the type
            types = [] if value is None else [type_name(value)]
    if annotation is not None:
        types, choices = read_annotation(annotation)
    parameter = Parameter(
        name="",
        types=types,
        choices=choices,
        default=default,
        default_source=ast.get_source_segment(source, statement.value) or "" if statement.value else "",
        help=comments.get(statement.end_lineno or 0, ""),
    )
    return [parameter.model_copy(update={"name": target.id}) for target in targets if isinstance(target, ast.Name)]


def _changed(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement changes other than by a plain assignment."""
    changing: ast.AST = statement
    match statement:
        case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
            changing = value
        case ast.Assign(targets=targets, value=value) if all(isinstance(target, ast.Name) for target in targets):
            changing = value
    for node in ast.walk(changing):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                yield name
