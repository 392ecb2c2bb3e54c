# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The executed notebook is the same as nbclient would create."""

from __future__ import annotations

import asyncio
import copy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from jupyter_ml.executor.output_messages import OutputMessages
from jupyter_ml.executor.recorder import Recorder
from jupyter_ml.notebooks.assemble import assemble
from jupyter_ml.notebooks.prepare import prepare
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.event_log import CellStarted, Output
from jupyter_ml.schemas.launch import AttemptFolder
from tests.notebooks.documents import document

if TYPE_CHECKING:
    from pathlib import Path

identity = st.sampled_from(["d1", "d2"])
text = st.text(alphabet="ab\n", min_size=1, max_size=3)
message = st.one_of(
    st.tuples(st.just("stream"), st.sampled_from(["stdout", "stderr"]), text),
    st.tuples(st.just("display_data"), st.none() | identity, text),
    st.tuples(st.just("update_display_data"), identity, text),
    st.tuples(st.just("execute_result"), st.none() | identity, text),
    st.tuples(st.just("clear_output"), st.booleans(), st.none()),
    st.tuples(st.just("error"), st.none(), text),
)


def content(kind: str, first: Any, second: Any) -> dict[str, Any]:
    if kind == "stream":
        return {"name": first, "text": second}
    if kind == "clear_output":
        return {"wait": first}
    if kind == "error":
        return {"ename": "E", "evalue": second, "traceback": [second]}
    count = {"execution_count": 1} if kind == "execute_result" else {}
    transient = {"transient": {"display_id": first}} if first else {}
    return {"data": {"text/plain": second}, "metadata": {}} | count | transient


def merged(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = []
    for output in copy.deepcopy(outputs):
        if result and output["output_type"] == "stream" and output["name"] == result[-1].get("name"):
            result[-1]["text"] += output["text"]
        else:
            result.append(output)
    return result


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 2), message), max_size=25))
def test_the_executed_notebook_equals_that_of_nbclient(
    tmp_path_factory, messages: list[tuple[int, tuple[str, Any, Any]]]
) -> None:
    folder = AttemptFolder(tmp_path_factory.mktemp("attempt"))
    notebook = document("a", "b", "c")
    prepare(notebook)
    nb = nbformat.from_dict(copy.deepcopy(notebook))

    async def record() -> None:  # messages are handled in an event loop
        with Recorder(folder, Redactor()) as recorder:
            peer, ours = NotebookClient(nb), OutputMessages(nbformat.from_dict(notebook), SimpleNamespace(), recorder)
            for number, cell in enumerate(nb.cells):
                peer.clear_before_next_output = ours.clear_before_next_output = False
                recorder.emit(CellStarted, cell=number)
                for position, (kind, *rest) in messages:
                    if position == number:
                        whole = {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {"msg_id": "m"}}
                        whole["content"] = content(kind, *rest)
                        ours.handle(copy.deepcopy(whole), number)
                        peer.process_message(whole, cell, number)

    asyncio.run(record())
    assembled = assemble(notebook, folder.event_log)
    for kept, cell in zip(nb.cells, assembled["cells"], strict=True):
        assert cell["outputs"] == merged(kept.outputs)


def test_a_live_view_contains_the_current_state(tmp_path: Path) -> None:
    folder = AttemptFolder(tmp_path)
    notebook = document("a", "b")
    prepare(notebook)
    before = copy.deepcopy(notebook)
    with Recorder(folder, Redactor()) as recorder:
        recorder.emit(CellStarted, cell=0)
    assembled = assemble(notebook, folder.event_log)
    assert notebook == before
    assert [cell["metadata"]["jupyter_ml"]["state"] for cell in assembled["cells"]] == ["running", "pending"]
    assert assembled["metadata"]["jupyter_ml"]["state"] == "Running"
    assert assembled["metadata"]["papermill"]["exception"] is None


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"output","time":1,"cell":0,"output":NOT JSON,"display_id":null}',
        b'{"type":"output","time":1,"cell":0,"output":5,"display_id":"d"}',
        b'{"type":"output","time":1,"cell":0,"output":{"output_type":"stream","name":"a","text":"\\x"},"display_id":null}',
        b'{"type":"display_updated","time":1,"display_id":"d",NOT JSON',
    ],
)
def test_a_damaged_line_is_skipped(tmp_path: Path, line: bytes) -> None:
    folder = AttemptFolder(tmp_path)
    notebook = document("a")
    prepare(notebook)
    shown = {"output_type": "display_data", "data": {"text/plain": "x"}, "metadata": {}}
    with Recorder(folder, Redactor()) as recorder:
        recorder.emit(CellStarted, cell=0)
        recorder.emit(Output, cell=0, output=shown, display_id="d")
    with folder.event_log.open("ab") as log:
        log.write(line + b"\n")
    assert assemble(notebook, folder.event_log)["cells"][0]["outputs"] == [shown]
