# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import gzip
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from arro3.core import Table

import jupyter_ml
from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.named_data import NamedData
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


def test_a_table_of_each_kind_of_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "MLTable").unlink()
    (folder / "parts" / "year=2026").mkdir(parents=True)
    (folder / "parts" / "year=2026" / "b.csv.gz").write_bytes(gzip.compress(b"a,b\n3,z\n"))
    rows = {"a.csv": [(1, "x"), (2, "y")], "parts": [(3, "z", "2026")], "parts/year=2026/b.csv.gz": [(3, "z")]}
    lake = Connection("local", {"path": str(folder)})
    locations = {
        "azureml://data/local:1": str(folder / "parts/year=2026/b.csv.gz"),
        "azureml://data/lake/versions/2": "azureml://datastores/lake/paths/parts",
    }
    monkeypatch.setattr(mltables, "ask", lambda *_: lake)
    monkeypatch.setattr(mltables, "locate", lambda name: NamedData(name, locations[name]))
    for path, expected in (
        *((str(folder / name), found) for name, found in rows.items()),
        *((f"azureml://datastores/lake/paths/{name}", found) for name, found in rows.items()),
        ("azureml:local:1", rows["parts/year=2026/b.csv.gz"]),
        ("azureml://data/lake/versions/2", rows["parts"]),
        ("azureml://data/lake/versions/2/year=2026/b.csv.gz", rows["parts/year=2026/b.csv.gz"]),
    ):
        assert jupyter_ml.load_table(path).to_duckdb().fetchall() == expected
    (folder / "note.md").write_text("# Note\n")
    with pytest.raises(InvalidInputError, match=r"note\.md is not a table, but a text"):
        jupyter_ml.load_table(folder / "note.md")
    with pytest.raises(InvalidInputError, match="is not a table, but a list of files"):
        jupyter_ml.load_table(folder)
    with pytest.raises(NotFoundError, match="none"):
        jupyter_ml.load_table(folder / "none.csv")


def test_polars_gets_the_table_as_a_stream_of_arrow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", SimpleNamespace(DataFrame=Table.from_arrow))  # which is 170 MB
    assert jupyter_ml.load_table(folder).to_polars().to_struct_array().to_pylist() == [{"a": 2, "b": "y"}]
    (folder / "a.csv").write_text("a,b\n" + "5,x\n" * 30_000 + "z,y\n")
    with pytest.warns(UserWarning, match="a: read as text") as caught:
        table = jupyter_ml.load_table(folder / "a.csv").to_polars()
    assert (table.num_rows, table.column("a")[-1].as_py()) == (30_001, "z")
    assert caught[0].filename == __file__


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
