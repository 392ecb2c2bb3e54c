# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job that reads more data by name than it can gets an error at once, and no files without end."""

from __future__ import annotations

import asyncio
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.executor import named_data as executor
from jupyter_ml.executor.named_data import NamedDataRequests
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.named_data import NamedData
from jupyter_ml.supervisor import named_data as supervisor
from jupyter_ml.supervisor.named_data import DataResponses
from jupyter_ml.supervisor.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.schemas.event_log import DataRequested

TOP = "azureml://data"


class Attempt:
    """Requests and responses of one attempt, without processes."""

    def __init__(self, path: Path, threads: Threads) -> None:
        self.folder = AttemptFolder(path)
        self.folder.responses.mkdir()
        mirror: Any = SimpleNamespace(send_file=self._sent)
        workspace: Any = None
        job: Any = SimpleNamespace(name="job")
        self.responses = DataResponses(workspace, threads, job, self.folder, mirror)
        self.requests = NamedDataRequests(self.folder, self)  # type: ignore[arg-type]
        self._tasks: list[asyncio.Task[None]] = []

    def emit(self, kind: Callable[..., DataRequested], **fields: Any) -> None:
        """Take an event of the executor, as its recorder does, to the supervisor."""
        self._tasks.append(asyncio.create_task(self.responses.respond(kind(time=1.0, **fields))))

    async def _sent(self, path: Path) -> None:
        assert path.name in {each.name for each in await asyncio.to_thread(list, self.folder.responses.iterdir())}


@pytest.fixture
def attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attempt]:
    def locate(_: object, reference: str, reader: object) -> NamedData:
        assert reader
        if "none" in reference:
            raise NotFoundError(f"there is no {reference}")
        return NamedData(reference, "/a.csv")

    monkeypatch.setattr(supervisor, "locate_data", locate)
    with closing(Threads()) as threads:
        yield Attempt(tmp_path, threads)


def test_the_executor_refuses_names_above_the_limit(attempt: Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "MAX_DATA_REQUESTS", 2)

    async def work() -> None:
        assert (await attempt.requests.locate(f"{TOP}/a/versions/1")).location == "/a.csv"
        with pytest.raises(NotFoundError, match="there is no azureml://data/none"):
            await attempt.requests.locate(f"{TOP}/none/versions/1")
        with pytest.raises(InvalidInputError, match=r"has read 1,000 different names of data.*register a directory"):
            await attempt.requests.locate(f"{TOP}/b/versions/1")
        await attempt.requests.locate(f"{TOP}/a/versions/1")  # which is known

    asyncio.run(work())


def test_the_supervisor_refuses_requests_above_the_limit_with_one_file(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "MAX_DATA_REQUESTS", 1)

    async def work() -> None:
        await attempt.requests.locate(f"{TOP}/a/versions/1")
        for name in "bcd":
            with pytest.raises(InvalidInputError, match="has read 1,000 different names of data"):
                await attempt.requests.locate(f"{TOP}/{name}/versions/1")

    asyncio.run(work())
    assert len(list(attempt.folder.responses.iterdir())) == 2
