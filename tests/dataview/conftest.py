# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open data files in this process, where a test can see what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.dataview.files import find_files
from jupyter_ml.dataview.opening import open_files
from jupyter_ml.dataview.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Opener = Callable[[str, bytes], Table]


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
