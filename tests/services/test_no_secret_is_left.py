# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The credentials of a datastore are found nowhere but in the memory of processes that read data."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.states import JobState
from tests.storage_servers import MARK
from tests.workspaces import files_with, until

if TYPE_CHECKING:
    from jupyter_ml.services.workspace import Workspace
    from tests.storage_servers import StorageServer

READ = """
import logging, os, sys, time
logging.basicConfig(level=logging.DEBUG)
import fsspec
from jupyter_ml.broker.client import ask
with fsspec.open("azureml://datastores/lake/paths/titanic.csv") as file:
    inner = getattr(file, "fs", None)  # paramiko's files have none
    print(file.read().decode(), inner, inner and inner.storage_options)
given = ask("lake")
print(given, given.credentials)
open("outputs/read", "w").write("x")
"""
"""Reads a datastore with all logs, and prints its credentials on purpose."""
FAIL = READ + "raise ValueError(given.credentials)\n"
WAIT = READ + "time.sleep(600)\n"


def environments(secrets: list[str]) -> list[str]:
    """Return the processes of this machine whose environment or command line contains a secret."""
    found = []
    for path in [*Path("/proc").glob("[0-9]*/environ"), *Path("/proc").glob("[0-9]*/cmdline")]:
        try:
            content = path.read_bytes()
        except OSError:  # it has ended
            continue
        if any(secret.encode() in content for secret in secrets):
            found.append(str(path))
    return found


def submit(workspace: Workspace, code: str, folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "read.py").write_text(code)
    return workspace.jobs.submit({"type": "command", "command": "python read.py", "code": str(folder)}).name


def _has_read(workspace: Workspace, name: str, attempt: Path) -> bool:
    assert workspace.jobs.get(name).ended_at is None, (attempt / "std_log.txt").read_text()
    return (attempt / "work" / "outputs" / "read").exists()


LOGGERS = {"s3": "DEBUG:botocore", "gcs": "DEBUG:gcsfs", "sftp": "DEBUG:paramiko", "http": "DEBUG:fsspec.http"}
"""What shows in the log of a job that the library of each type wrote to it."""


def test_a_marked_secret_is_found_nowhere(shared: Workspace, storage_server: StorageServer, tmp_path, caplog) -> None:
    wrong = storage_server.wrong()
    secrets = [*storage_server.secrets, f"wrong-{MARK}"]
    first = shared._context.store.events.last()
    shared.datastores.create({"name": "lake", **storage_server.spec})
    shown = [shared.datastores.get("lake"), shared.datastores.browse("lake"), shared.datastores.test("lake")]
    shared.datastores.update("lake", {"credentials": wrong["credentials"]})
    with pytest.raises(UnavailableError) as caught:
        shared.datastores.test("lake")
    shared.datastores.update("lake", {"credentials": storage_server.spec["credentials"]})

    done, failed = submit(shared, READ, tmp_path / "a"), submit(shared, FAIL, tmp_path / "b")
    canceled, killed = submit(shared, WAIT, tmp_path / "c"), submit(shared, WAIT, tmp_path / "d")
    attempts = {name: shared.folder / "jobs" / name / "1" for name in (canceled, killed)}
    until(lambda: all(_has_read(shared, name, attempt) for name, attempt in attempts.items()))
    assert environments(secrets) == []  # while two jobs run
    shared.jobs.cancel(canceled)
    started = json.loads((attempts[killed] / "events.jsonl").read_text().splitlines()[0])
    os.kill(started["pid"], signal.SIGKILL)
    states = {name: shared.jobs.wait(name).state for name in (done, failed, canceled, killed)}
    assert [*states.values()] == [JobState.COMPLETED, JobState.FAILED, JobState.CANCELED, JobState.FAILED]

    log = (shared.folder / "jobs" / done / "1" / "std_log.txt").read_text()
    assert LOGGERS[storage_server.spec["type"]] in log  # the logs are there
    assert "a,b\n1,2" in log
    assert ": '***'" in log
    jobs = [shared.jobs.get(name) for name in states]
    archives = b"".join(piece for name in states for piece in shared.files.archive(name))
    events = shared._context.store.events.since(first)
    reads = {event.data.get("job") for event in events if (event.type, event.name) == ("datastore_secret_read", "lake")}
    assert {*states} <= reads
    text = f"{shown}{caught.value}{caught.value.__cause__}{jobs}{events}{caplog.text}{shared.vault.list()}"
    for secret in secrets:
        assert secret not in text
        assert secret.encode() not in archives
    assert files_with(shared.folder, *secrets) == []
    assert environments(secrets) == []
    shared.datastores.delete("lake")
    assert "lake" not in {entry.name for entry in shared.vault.list()}
