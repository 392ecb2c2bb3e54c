# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A query can end at any moment: while its client asks how far it is, or does not wait for it any more."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.dataview.rows import Page, read_rows
from jupyter_ml.dataview.tasks import Tasks
from tests.workspaces import until

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.dataview.tables import Table
    from jupyter_ml.schemas.data_view import DataRows
    from tests.dataview.conftest import Opener

KEY = Page(0, 5)


def test_a_query_that_ends_while_its_progress_is_asked_for(opened: Opener, temporary: Path) -> None:
    tasks, go = Tasks(opened("a.csv", b"a\n1\n")), Event()

    def read(table: Table) -> DataRows:
        go.wait()
        return read_rows(table, KEY, None, temporary)

    for end in (tasks.close, tasks._cancel_abandoned):
        go.clear()
        assert tasks.result(KEY, read, 0.0) is None
        task = tasks._tasks[KEY]
        go.set()
        until(task.future.done)
        assert tasks.progress(KEY) == 1.0
        task.asked = -1e9
        end()
        assert not tasks._tasks
    found = tasks.result(KEY, read, 60.0)
    assert found is not None
    assert found.rows == [[1]]


def test_a_timeout_of_what_is_read_is_an_error(opened: Opener) -> None:
    def read(_: Table) -> DataRows:
        raise TimeoutError("the server sends nothing")

    tasks = Tasks(opened("a.csv", b"a\n1\n"))
    with pytest.raises(TimeoutError, match="the server sends nothing"):
        tasks.result(KEY, read, 60.0)
    assert not tasks._tasks
