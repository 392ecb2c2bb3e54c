# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fixtures for real attempts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.schemas.launch import AttemptFolder, Launch
from tests.executor.attempts import Attempt
from tests.notebooks.documents import document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def attempt(tmp_path: Path) -> Iterator[Callable[..., Attempt]]:
    """Return a function that creates an attempt of a notebook with some cells, or of a command."""
    started: list[Attempt] = []

    def make(*cells: str | dict[str, Any], command: str | None = None, **launch: Any) -> Attempt:
        folder = AttemptFolder(tmp_path / f"attempt-{len(started)}")
        kind = {"type": "command", "command": command} if command else {"type": "notebook", "notebook": "a.ipynb"}
        folder.write_launch(Launch.model_validate({"marker": "m", **kind, **launch}))
        folder.work.mkdir()
        (folder.work / "a.ipynb").write_text(json.dumps(document(*cells)))
        started.append(Attempt(folder))
        return started[-1]

    yield make
    for each in started:
        if each.process is not None and each.process.poll() is None:
            each.process.kill()
            each.process.wait()
        each.folder.remove_sockets()
