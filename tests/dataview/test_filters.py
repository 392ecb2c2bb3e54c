# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows that match the bars of a profile are as many as the bars show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from jupyter_ml.dataview.profiles import profile
from jupyter_ml.dataview.rows import Page, read_rows
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.data_view import DataRows, RowFilter

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.dataview.tables import Table
    from tests.dataview.conftest import Opener


def matching(table: Table, temporary: Path, *filters: dict[str, Any], offset: int = 0, limit: int = 1_000) -> DataRows:
    found = tuple(RowFilter(**each) for each in filters)
    return read_rows(table, Page(offset, limit, found), None, temporary)


def test_each_bar_has_its_rows(opened: Opener, temporary: Path) -> None:
    lines = "".join(f"{n % 37},{n * 7 % 101 / 10},2026-01-{n % 28 + 1:02} 12:00:00,{n % 2 == 0}\n" for n in range(500))
    table = opened("a.csv", f"n,x,at,even\n{lines},,,\n".encode())
    *_, last = profile(table)
    for column in last.columns:
        for number, each in enumerate(column.bins):
            limits = {"column": column.name, "lower": each.lower, "upper": each.upper, "includes_lower": number == 0}
            assert matching(table, temporary, limits).total == each.count
        for top in column.top:
            assert matching(table, temporary, {"column": column.name, "value": top.value}).total == top.count
        assert matching(table, temporary, {"column": column.name, "is_empty": True}).total == column.nulls == 1


def test_several_conditions_and_pages(opened: Opener, temporary: Path) -> None:
    table = opened("a.csv", b"a,b\n" + b"".join(b"%d,%d\n" % (n, n % 2) for n in range(100)))
    both = {"column": "a", "lower": 9, "upper": 20}, {"column": "b", "value": 1}
    assert [row[0] for row in matching(table, temporary, *both).rows] == [11, 13, 15, 17, 19]
    page = matching(table, temporary, *both, offset=3, limit=2)
    assert (page.rows, page.total) == ([[17, 1], [19, 1]], None)
    assert matching(table, temporary, *both, offset=4, limit=2).total == 5


def test_values_that_are_not_of_the_type(opened: Opener, temporary: Path) -> None:
    lines = [*map(str, range(30_000)), "word", "word"]
    table = opened("a.csv", ("n\n" + "\n".join(lines) + "\n").encode())
    assert matching(table, temporary, {"column": "n", "value": "word"}).total == 2
    assert matching(table, temporary, {"column": "n", "lower": 29_997, "upper": 40_000}).rows == [["29998"], ["29999"]]


def test_a_value_is_never_sql(opened: Opener, temporary: Path) -> None:
    table = opened("a.csv", b"a\"b,c\nx' OR 1=1 --,1\ny,2\n")
    assert matching(table, temporary, {"column": "c", "value": "1 OR 1=1"}).rows == []
    (name, _) = (column.name for column in table.columns)
    assert matching(table, temporary, {"column": name, "value": "x' OR 1=1 --"}).total == 1


def test_what_cannot_be_a_condition(opened: Opener, temporary: Path) -> None:
    table = opened("a.csv", b"name,n\nx,1\n")
    with pytest.raises(InvalidInputError, match=r"no column 'nam'.*did you mean 'name'"):
        matching(table, temporary, {"column": "nam", "value": 1})
    with pytest.raises(InvalidInputError, match="'name' has no numbers"):
        matching(table, temporary, {"column": "name", "lower": 1, "upper": 2})
    for wrong in ({}, {"lower": 1}, {"value": 1, "is_empty": True}):
        with pytest.raises(ValidationError):
            RowFilter(column="a", **wrong)
