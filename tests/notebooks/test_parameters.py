# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The parameters that a cell declares, and the values that it accepts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.notebooks.parameters import check_parameters, read_defaults, read_parameters
from jupyter_ml.schemas.parameters import Parameter, decode


def notebook(source: str | None, language: str = "python") -> dict:
    cells = [{"cell_type": "markdown", "source": "# Title", "metadata": {}}]
    if source is not None:
        cells.append({"cell_type": "code", "source": source, "metadata": {"tags": ["parameters"]}})
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": language}}, "cells": cells}


def declared(line: str) -> Parameter:
    parameters = read_parameters(notebook(line))
    assert parameters is not None
    (parameter,) = parameters
    return parameter


@pytest.mark.parametrize(
    ("line", "types", "default"),
    [
        ("x = 1", ["int"], 1),
        ("x = -1.5", ["float"], -1.5),
        ("x = True", ["bool"], True),
        ("x = 'a'", ["str"], "a"),
        ("x = None", [], None),
        ("x = [1, 'a']", ["list"], [1, "a"]),
        ("x = {'a': (1,)}", ["dict"], {"a": (1,)}),
        ("x = (1, 2)", ["tuple"], (1, 2)),
        ("x = date(2026, 1, 2)", ["date"], date(2026, 1, 2)),
        ("x = datetime.datetime(2026, 1, 2, 3)", ["datetime"], datetime(2026, 1, 2, 3)),  # noqa: DTZ001
        ("x = pathlib.Path('a/b')", ["path"], PurePath("a/b")),
        ("x = compute()", [], None),
        ("x = Path.home()", [], None),
        ("x = {**other}", [], None),
        ("x: int | None = None", ["int", "none"], None),
        ("x: 'Optional[float]' = 1", ["float", "none"], 1),
        ("x: typing.Union[str, list[int]] = 'a'", ["str", "list"], "a"),
        ("x: Annotated[int, 'rows'] = 3", ["int"], 3),
        ("x: pandas.DataFrame = None", [], None),
        ("x: int", ["int"], None),
    ],
)
def test_the_type_follows_from_annotation_or_default(line: str, types: list[str], default: object) -> None:
    parameter = declared(line)
    assert (parameter.types, decode(parameter.default)) == (types, default)


def test_literal_annotations_are_choices() -> None:
    assert declared("x: Literal['a', 'b'] = 'a'").choices == ["a", "b"]
    assert declared("x: Literal['a'] | None = None").choices == ["a", None]
    assert declared("x: Literal['a'] | int = 1").choices == []


def test_help_and_source_of_the_default() -> None:
    parameter = declared("%matplotlib inline\nrate = 1e-3  # how fast\n")
    assert (parameter.help, parameter.default_source) == ("how fast", "1e-3")


@pytest.mark.parametrize(
    "more",
    [
        "x += 1",
        "if today:\n    x = 2",
        "x, y = 3, 4",
        "del x",
        "x['a'] = 1",
        "x.append(1)",
        "y = (x := 2)",
        "for x in y:\n    pass",
        "x = compute()",
    ],
)
def test_a_default_that_the_cell_changes_is_unknown(more: str) -> None:
    parameters = {each.name: each for each in read_parameters(notebook(f"x = [1]\n{more}")) or []}
    assert parameters["x"].default is None
    assert "x" not in read_defaults(notebook(f"x = [1]\n{more}"))


def test_defaults_are_read_from_the_source() -> None:
    source = "a = 1\nb: float = 2\nc = None\nd = compute()\ne = a\nf: int\ng = b.real\nh = (1, 2)\nprint(a)\na = 3"
    assert read_defaults(notebook(source)) == {"a": 3, "b": 2, "c": None, "h": {"$type": "tuple", "value": [1, 2]}}
    assert read_defaults(notebook(None)) == read_defaults(notebook("x <- 1", language="R")) == {}
    skipped = notebook("a = 1")
    skipped["cells"][1]["metadata"]["tags"].append("skip-in-job")
    assert read_defaults(skipped) == {}


def test_parameters_can_be_unknown() -> None:
    assert read_parameters(notebook(None)) == []
    assert read_parameters(notebook("x <- 1", language="R")) is None
    assert read_parameters(notebook("x = (")) is None
    assert check_parameters(notebook("x <- 1", language="R"), {"y": "5"}, from_text=True) == {"y": 5}


def test_values_are_converted_to_the_declared_types() -> None:
    cell = notebook("rate = 0.1\nname = 'a'\nday: date = None\nlayers = (1, 2)")
    values = check_parameters(cell, {"rate": "1", "name": "5", "day": "2026-01-02", "layers": "[3, 4]"}, from_text=True)
    assert {name: decode(value) for name, value in values.items()} == {
        "rate": 1.0,
        "name": "5",
        "day": date(2026, 1, 2),
        "layers": (3, 4),
    }


def test_an_unknown_parameter_suggests_the_nearest() -> None:
    with pytest.raises(InvalidInputError, match=r"no parameter 'rte' \(did you mean 'rate'\?\); it has: rate"):
        check_parameters(notebook("rate = 1"), {"rte": 2})


def test_a_wrong_type_names_the_parameter() -> None:
    with pytest.raises(InvalidInputError, match=r"parameter 'rate' takes int, but got str 'a'"):
        check_parameters(notebook("rate = 1"), {"rate": "a"})


def test_a_notebook_without_a_parameters_cell_accepts_none() -> None:
    with pytest.raises(InvalidInputError, match="add the tag 'parameters'"):
        check_parameters(notebook(None), {"rate": 1})
    assert check_parameters(notebook(None), {}) == {}


@given(st.text())
def test_any_source_can_be_read(source: str) -> None:
    read_parameters(notebook(source))
