# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import jupyter_ml
from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.services import mltables

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n")
    (tmp_path / "MLTable").write_text(
        'paths:\n- file: a.csv\ntransformations:\n- read_delimited\n- filter: col("a") > 1\n'
    )
    return tmp_path


def test_a_table_in_user_code(folder: Path) -> None:
    table = jupyter_ml.load_mltable(folder)
    assert table.columns == ["a", "b"]
    assert repr(table) == f"<LoadedTable {folder}: a BIGINT, b VARCHAR>"
    assert table.to_duckdb().fetchall() == [(2, "y")]
    assert table.to_pandas().to_dict("records") == [{"a": 2, "b": "y"}]


def test_values_of_another_type_are_kept_with_a_warning(folder: Path) -> None:
    (folder / "a.csv").write_text("a,b\n" + "5,x\n" * 30_000 + "z,y\n")
    (folder / "MLTable").write_text("paths:\n- file: a.csv\n")
    table = jupyter_ml.load_mltable(str(folder / "MLTable"))
    with pytest.warns(UserWarning, match="a: read as text"):
        assert list(table.to_pandas()["a"])[-1] == "z"


def test_a_value_that_cannot_be_converted(folder: Path) -> None:
    (folder / "MLTable").write_text(
        "paths:\n- file: a.csv\ntransformations:\n- read_delimited\n"
        "- convert_column_types:\n  - columns: b\n    column_type: int\n"
    )
    with pytest.raises(InvalidInputError, match=r"MLTable:5: convert_column_types: column 'b': x is not an int"):
        jupyter_ml.load_mltable(folder).to_pandas()


def test_a_path_in_a_datastore(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mltables, "ask", lambda *_: Connection("local", {"path": str(folder.parent)}))
    table = jupyter_ml.load_mltable(f"azureml://datastores/lake/paths/{folder.name}")
    assert table.to_pandas().to_dict("records") == [{"a": 2, "b": "y"}]


def test_paths_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Connection("local", {"path": str(folder)})
    monkeypatch.setattr(mltables, "ask", lambda *_: lake)
    monkeypatch.setattr(mltables, "datastore_of", lambda _: ("https.example.org", lake, "a.csv"))
    table = folder / "table"
    table.mkdir()
    (table / "MLTable").write_text(
        "paths:\n- file: azureml://datastores/lake/paths/a.csv\n- file: https://example.org/a\n"
    )
    assert jupyter_ml.load_mltable(table).to_duckdb().fetchall() == [(1, "x"), (2, "y")] * 2


def test_what_is_not_a_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "MLTable").write_text("paths:\n- file: MLTable.txt\n")
    (folder / "MLTable.txt").write_text("x")
    with pytest.raises(InvalidInputError, match="is not a table, but a list of files"):
        jupyter_ml.load_mltable(folder)
    (folder / "MLTable").unlink()
    with pytest.raises(NotFoundError, match="has no file MLTable"):
        jupyter_ml.load_mltable(folder)
    monkeypatch.setattr(mltables, "find_spec", lambda _: None)
    with pytest.raises(UnavailableError, match="duckdb is not installed"):
        jupyter_ml.load_mltable(folder)
