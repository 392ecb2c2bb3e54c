# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A profile names for each number what it was computed from, and the last one is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.dataview.profiles import profile
from jupyter_ml.dataview.tables import SAMPLE_ROWS

if TYPE_CHECKING:
    from jupyter_ml.schemas.data_view import ColumnProfile
    from tests.dataview.conftest import Opener

ROWS = SAMPLE_ROWS * 2


def numbers() -> bytes:
    return ("n,kind,x\n" + "".join(f"{at},k{at % 83},{at / 2 if at % 10 else ''}\n" for at in range(ROWS))).encode()


def by_name(columns: list[ColumnProfile]) -> dict[str, ColumnProfile]:
    return {column.name: column for column in columns}


def test_each_profile_is_better_than_the_one_before(opened: Opener) -> None:
    early, exact, last = profile(opened("a.csv", numbers()))
    assert (early.rows, exact.rows, last.rows) == (None, ROWS, ROWS)
    assert (early.complete, exact.complete, last.complete) == (False, False, True)
    assert {column.basis.how for column in early.columns} == {"sample"}
    assert {column.basis.rows for column in early.columns} == {SAMPLE_ROWS}
    assert all(column.distinct is None and not column.top for column in early.columns)  # a sample shows it wrongly
    assert {column.basis.how for column in exact.columns} == {"all"}
    assert by_name(exact.columns)["n"].maximum == ROWS - 1
    assert not any(column.bins for column in exact.columns)  # they have not been counted yet
    assert sum(each.count for each in by_name(last.columns)["n"].bins) == ROWS


def test_the_last_profile_is_exact(opened: Opener) -> None:
    *_, last = profile(opened("a.csv", numbers()))
    columns = by_name(last.columns)
    assert (columns["kind"].distinct, columns["kind"].distinct_exact) == (83, True)
    assert [each.value for each in columns["kind"].top][:2] == ["k0", "k1"]
    assert columns["x"].nulls == ROWS // 10
    assert sum(each.count for each in columns["x"].bins) == ROWS - ROWS // 10
    assert columns["n"].mean == pytest.approx((ROWS - 1) / 2)
    assert columns["n"].quantiles is not None
    assert columns["n"].quantiles.median == pytest.approx(ROWS / 2, rel=0.02)
    assert columns["n"].distinct == pytest.approx(ROWS, rel=0.1)
    assert not columns["n"].distinct_exact


def test_a_small_file_has_one_profile(opened: Opener) -> None:
    (only,) = profile(opened("a.csv", b"a,when\n1,2020-01-01\n1,2020-01-03\n,\n"))
    assert only.complete
    a, when = only.columns
    assert (a.nulls, a.distinct, a.distinct_exact, a.minimum, a.maximum) == (1, 1, True, 1, 1)
    assert [each.count for each in a.bins] == [2]
    assert (when.minimum, when.maximum, when.mean) == ("2020-01-01", "2020-01-03", None)
    assert sum(each.count for each in when.bins) == 2


def test_values_of_another_type_are_counted(opened: Opener) -> None:
    *_, last = profile(opened("a.csv", numbers() + b"word,k0,1.0\nother,k1,2.0\n"))
    found = by_name(last.columns)["n"]
    assert (found.not_numbers, found.nulls) == (2, 0)
    assert (found.minimum, found.maximum) == (0, ROWS - 1)
    assert sum(each.count for each in found.bins) == ROWS


def test_numbers_that_are_not_finite(opened: Opener) -> None:
    (only,) = profile(opened("a.csv", b"x\n1.5\n2.5\nnan\ninf\n"))
    (found,) = only.columns
    assert (found.minimum, found.maximum, found.nulls, found.mean) == (1.5, 2.5, 0, 2.0)


def test_names_and_values_cannot_be_sql(opened: Opener) -> None:
    (only,) = profile(opened("a.csv", b'"a"" FROM x; --","b\'c"\n1,\'\n2,"; DROP"\n'))
    assert [column.name for column in only.columns] == ['a" FROM x; --', "b'c"]
    assert only.columns[0].maximum == 2


def test_nested_values_and_many_columns(opened: Opener) -> None:
    (only,) = profile(opened("a.jsonl", b'{"a": {"b": 1}, "c": [1]}\n{"c": null}\n'))
    assert [column.nulls for column in only.columns] == [1, 1]
    names = ",".join(f"c{number}" for number in range(250))
    values = ",".join(str(number) for number in range(250))
    (only,) = profile(opened("wide.csv", f"{names}\n{values}\n".encode()))
    assert [column.maximum for column in only.columns] == list(range(250))
