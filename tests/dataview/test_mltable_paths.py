# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.dataview import mltable_files
from jupyter_ml.dataview.files import find_files
from jupyter_ml.dataview.mltable_files import Elsewhere, find_table
from jupyter_ml.dataview.tables import Table
from jupyter_ml.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ml.dataview.listings import Listing

    Opener = Callable[..., Table | Listing]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        ("- file: a.csv", ["a.csv"]),
        ("- file: ./sub/a.csv\n- file: a.csv", ["sub/a.csv", "a.csv"]),
        ("- file: a.csv\n- pattern: ./*.csv", ["a.csv", "b.csv"]),
        ("- folder: sub", ["sub/a.csv", "sub/deep/a.csv"]),
        ("- file: ./sub", ["sub/a.csv", "sub/deep/a.csv"]),
        ("- pattern: '**/a.csv'", ["a.csv", "sub/a.csv", "sub/deep/a.csv"]),
        ("- pattern: s*/deep/?.csv", ["sub/deep/a.csv"]),
        ("- pattern: sub/*.csv", ["sub/a.csv"]),
    ],
)
def test_paths(mltable: Opener, paths: str, names: list[str]) -> None:
    files = dict.fromkeys(("a.csv", "b.csv", "sub/a.csv", "sub/deep/a.csv"), "a\n1\n")
    table = mltable("- read_delimited", files, paths)
    assert isinstance(table, Table)
    assert [file.name for file in table.files] == names


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("file: ../secret.csv", "MLTable:2: paths.0.file: ../secret.csv leads out of the directory"),
        ("pattern: '*/../../*.csv'", "leads out of the directory of the MLTable file"),
        ("file: /etc/passwd", "/etc/passwd is outside of the directories that can be read here"),
        ("file: file:///etc/passwd", "/etc/passwd is outside of the directories that can be read here"),
        ("pattern: /etc/*", "/etc/* is outside of the directories that can be read here"),
        ("file: link/secret.csv", "link/secret.csv is outside of the directories that can be read here"),
        ("file: azureml://datastores/lake/paths/a.csv", "is elsewhere: the files of a table are in the directory"),
        ("pattern: '*.txt'", "MLTable:2: paths.0.pattern: there are no files at *.txt"),
        ("folder: a.csv", "MLTable:2: paths.0.folder: a.csv is a file: write file"),
        ('file: "a\\0b"', "MLTable:2: paths.0.file:"),
    ],
)
def test_paths_that_are_refused(mltable: Opener, folder: Path, path: str, message: str) -> None:
    (folder.parent / "outside").mkdir()
    (folder.parent / "outside" / "secret.csv").write_text("a\n1\n")
    (folder / "link").symlink_to(folder.parent / "outside")
    with pytest.raises(InvalidInputError) as caught:
        mltable("- read_delimited", {"a.csv": "a\n1\n"}, f"- {path}")
    assert message in str(caught.value)


def test_a_missing_file(mltable: Opener) -> None:
    with pytest.raises(NotFoundError, match=r"MLTable:2: paths\.0\.file: .*none\.csv does not exist"):
        mltable("", {}, "- file: none.csv")


def test_absolute_paths_where_the_caller_may_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    (folder / "MLTable").write_text(f"paths:\n- file: {tmp_path}/a.csv\n")
    found = find_table(str(folder / "MLTable"), outside=tmp_path)
    assert found is not None
    assert [file.name for file in found.files] == [f"{tmp_path}/a.csv"]


def test_paths_elsewhere(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "lake" / "x").mkdir(parents=True)
    (tmp_path / "lake" / "x" / "a.csv").write_text("a\n1\n")
    (tmp_path / "lake" / "b.csv").write_text("a\n2\n")
    (folder / "own.csv").write_text("a\n3\n")
    top = "azureml://datastores/lake/paths"
    (folder / "MLTable").write_text(
        f"paths:\n- file: {top}/b.csv\n- pattern: {top}/*/?.csv\n- file: own.csv\n- folder: azureml:all@latest\n"
    )
    asked: list[list[str]] = []

    def reach(references: list[str]) -> dict[str, Elsewhere]:
        asked.append(references)
        inside = {f"{top}/b.csv": "b.csv", top: "", "azureml:all@latest": "x"}
        return {each: Elsewhere(str(tmp_path / "lake" / inside[each])) for each in references}

    found = find_table(str(folder), reach=reach)
    assert found is not None
    assert asked == [[top, f"{top}/b.csv", "azureml:all@latest"]]
    assert [file.name for file in found.files] == [f"{top}/b.csv", "azureml:all@latest/a.csv", "own.csv"]


def test_a_reference_that_leads_nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "MLTable").write_text("paths:\n- file: https://example.org/a.csv\n- file: azureml:a:1\n")
    with pytest.raises(InvalidInputError, match=r"MLTable:2: paths\.0\.file: there is no a"):
        find_table(str(folder), reach=lambda names: dict.fromkeys(names, Elsewhere(error="there is no a")))
    with pytest.raises(InvalidInputError, match=r"MLTable:2: paths\.0\.file: https://example\.org/a\.csv is elsewhere"):
        find_table(str(folder))
    monkeypatch.setattr(mltable_files, "MAX_ELSEWHERE", 1)
    with pytest.raises(InvalidInputError, match="names 2 places; 1 are allowed"):
        find_table(str(folder))


def test_the_version_changes_with_each_file(folder: Path) -> None:
    (folder / "a.csv").write_text("a\n1\n")
    versions = set()
    for text, content in (("- file: a.csv", "a\n1\n"), ("- file: ./a.csv", "a\n1\n"), ("- file: ./a.csv", "a\n12\n")):
        (folder / "MLTable").write_text(f"paths:\n{text}\n")
        (folder / "a.csv").write_text(content)
        found = find_table(str(folder))
        assert found is not None
        versions.add(found.version)
    assert len(versions) == 3


def test_a_directory_without_the_file(folder: Path) -> None:
    (folder / "a.csv").write_text("a\n1\n")
    assert find_table(str(folder)) is None
    assert find_table(str(folder / "a.csv")) is None
    assert not find_files(str(folder)).table
