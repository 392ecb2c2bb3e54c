# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job ends with a cause when its kernel violates the protocol."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.executor import client
from jupyter_ml.executor.embedded import run_notebook
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.event_log import Ended, Warned
from jupyter_ml.schemas.launch import AttemptFolder
from tests.executor.attempts import kernel
from tests.notebooks.documents import document

if TYPE_CHECKING:
    from collections.abc import Callable


ODD = [sys.executable, "-m", "tests.executor.odd_kernel", "{connection_file}"]


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[nbformat.NotebookNode, Ended]]:
    """Return a function that runs cells on the odd kernel, in this process."""
    kernel(tmp_path, "odd", ODD, "odd")
    kernel(tmp_path, "deaf", [*ODD, "--deaf"], "odd")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    def run(*cells: str, name: str = "odd") -> tuple[nbformat.NotebookNode, Ended]:
        env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        nb = nbformat.from_dict(document(*cells, kernel=name))
        return run_notebook(nb, AttemptFolder(tmp_path), kernel_name=name, cwd=tmp_path, env=env)

    return run


@pytest.fixture
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the wait for a message that never comes."""
    monkeypatch.setattr(client, "REPLY_TIMEOUT_S", 1)


def test_a_kernel_that_supports_only_ports(attempt, tmp_path: Path) -> None:
    kernel(tmp_path, "ports", [*ODD, "--tcp"], "odd")
    run = attempt("kernel.emit('stream', name='stdout', text='there')", kernel_name="PORTS")
    assert run.run(JUPYTER_PATH=str(tmp_path), PYTHONPATH=str(Path.cwd())) == 0, run.ended
    assert run.text == "there"
    assert not run.folder.sockets.is_symlink()


def test_a_kernel_that_ignores_socket_files(odd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_ml.executor.kernel.IPC_PART", 0.01)
    nb, ended = odd("kernel.emit('stream', name='stdout', text='there')", name="deaf")
    assert ended.state == "Completed"
    assert nb.cells[0].outputs[0].text == "there"


def test_a_kernel_whose_provisioner_is_not_installed_is_refused(attempt, tmp_path: Path) -> None:
    elsewhere = {"kernel_provisioner": {"provisioner_name": "cluster"}}
    kernel(tmp_path, "far", [sys.executable], metadata=elsewhere)
    run = attempt("pass", kernel_name="far")
    assert run.run(JUPYTER_PATH=str(tmp_path)) == 1
    assert "the provisioner 'cluster', which no installed package provides" in run.cause.message


def warnings(tmp_path: Path) -> list[tuple[int | None, str]]:
    events = [event for event, _ in EventLogReader(AttemptFolder(tmp_path).event_log)]
    return [(event.warning.cell, event.warning.message) for event in events if isinstance(event, Warned)]


@pytest.mark.usefixtures("short_timeout")
def test_a_missing_reply_fails_the_job(odd) -> None:
    nb, ended = odd("", "kernel.dropped = ['execute_reply']", "never")
    assert (ended.state, ended.cause.kind, ended.cause.cell) == ("Failed", CauseKind.NO_REPLY, 1)
    assert "cell 1 of 2" in ended.cause.message
    assert [cell.metadata.papermill.status for cell in nb.cells[1:]] == ["failed", "pending"]


def test_an_error_without_a_name_is_described_by_its_value(odd) -> None:
    """As in bash's kernel, where the value is the exit code of a command."""
    failing = "error = {'ename': '', 'evalue': '127', 'traceback': []}\nkernel.emit('error', **error)"
    _, ended = odd("", "", f"{failing}\nkernel.reply = {{'status': 'error', **error}}")
    assert (ended.cause.message, ended.cause.value, ended.cause.exception) == ("Cell 1 of 1 failed: 127.", "127", None)


CONTENTS = [
    "'error', ename=None, evalue=5, traceback=None",
    "'error', ename='A', evalue='b', traceback='c'",
    "'error'",
    "'stream', text='x'",
    "'stream', name='other', text=None",
    "'display_data', data=None",
    "'display_data', data={'text/plain': 5, 'image/png': ['a', 'b']}, metadata=None, transient=None",
    "'execute_result', data={'text/plain': 'x'}",
    "'update_display_data', data={}",
    "'clear_output'",
    "'comm_open'",
    "'comm_msg', comm_id='a', data=None",
    "'status'",
    "'nothing'",
]
FRAMES = ["[b'x']", "[b'x', b'<IDS|MSG>']", "[b'<IDS|MSG>', *[b'{'] * 5]", "[b''] * 9"]
AFTER = "kernel.emit('stream', name='stdout', text='after')"


def test_no_content_of_a_message_ends_the_job(odd, tmp_path: Path) -> None:
    nb, ended = odd(*(cell for content in CONTENTS for cell in (f"kernel.emit({content})", AFTER)))
    assert ended.state == "Completed", ended.cause
    for content, cell in zip(CONTENTS, nb.cells[1::2], strict=True):
        assert cell.outputs[0].text == "after", content
    nbformat.validate(nb)
    nbformat.validate(nbformat.reads(AttemptFolder(tmp_path).output.read_text(), as_version=4))


def test_invalid_messages_are_ignored(odd) -> None:
    sent = (f"kernel.iopub_socket.send_multipart({frames})" for frames in FRAMES)
    nb, ended = odd(*(cell for source in sent for cell in (source, AFTER)))
    assert ended.state == "Completed", ended.cause
    for frames, cell in zip(FRAMES, nb.cells[1::2], strict=True):
        assert cell.outputs[0].text == "after", frames


@pytest.mark.usefixtures("short_timeout")
def test_a_kernel_that_is_never_idle_causes_a_warning(odd, tmp_path: Path) -> None:
    nb, ended = odd("kernel.dropped = ['idle']", AFTER)
    assert ended.state == "Completed"
    assert nb.cells[1].outputs[0].text == "after"
    assert [cell for cell, _ in warnings(tmp_path)] == [0, 1]
    assert "some of its last outputs may be missing" in warnings(tmp_path)[0][1]
