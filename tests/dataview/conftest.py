# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open data files in this process, where a test can see what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.dataview.files import find_files
from jupyter_ml.dataview.mltable_files import find_table
from jupyter_ml.dataview.mltables import open_mltable
from jupyter_ml.dataview.opening import open_files
from jupyter_ml.dataview.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.dataview.listings import Listing

    Opener = Callable[[str, bytes], Table]
    TableOpener = Callable[..., Table | Listing]


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Return the directory that a table may write to."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def opened(tmp_path: Path, temporary: Path) -> Iterator[Opener]:
    """Return a function that writes a file and opens it."""
    tables = []

    def opener(name: str, content: bytes) -> Table:
        path = tmp_path / name
        path.write_bytes(content)
        table = open_files(find_files(str(path)), temporary)
        assert isinstance(table, Table)
        tables.append(table)
        return table

    yield opener
    for table in tables:
        table.connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "table"
    folder.mkdir()
    return folder


@pytest.fixture
def mltable(folder: Path, temporary: Path) -> Iterator[TableOpener]:
    """Return a function that writes an MLTable file and its files, and opens the table."""
    opened: list[Table] = []

    def opener(transformations: str, files: dict[str, str | bytes], paths: str = "- pattern: '**'") -> Table | Listing:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        steps = f"transformations:\n{transformations}\n" if transformations else ""
        (folder / "MLTable").write_text(f"paths:\n{paths}\n{steps}")
        found = find_table(str(folder))
        assert found is not None
        table = open_mltable(found, temporary)
        if isinstance(table, Table):
            opened.append(table)
        return table

    yield opener
    for table in opened:
        table.connection.close()
