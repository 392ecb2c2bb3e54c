# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Outputs of any size are copied, and text is read in pieces, without loading them."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.eventlog.reader import HEAD_BYTES, EventLogReader
from jupyter_ml.eventlog.texts import TEXT, count_lines, piece, text_end
from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.notebooks.assemble import assemble, notebook_chunks
from jupyter_ml.notebooks.prepare import prepare
from jupyter_ml.schemas.event_log import DisplayUpdated, Output
from tests.notebooks.documents import document

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.schemas.event_log import AttemptEvent


def stream(text: str, cell: int = 0, name: str = "stdout") -> Output:
    return Output(time=1, cell=cell, output={"output_type": "stream", "name": name, "text": text})


def display(data: dict[str, Any], display_id: str | None = None) -> Output:
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    return Output(time=1, cell=0, output=output, display_id=display_id)


def write(folder: Path, *events: AttemptEvent) -> Path:
    path = folder / "events.jsonl"
    writer = EventLogWriter(path)
    for event in events:
        writer.write(event)
    writer.close()
    return path


def prepared() -> dict[str, Any]:
    notebook = document("a")
    prepare(notebook)
    return notebook


def test_outputs_of_any_size_are_in_the_notebook(tmp_path: Path) -> None:
    long = 'a "quoted" \\n line\n' * 20_000
    image = {"image/png": "x" * 9_000_000}
    path = write(
        tmp_path, stream(long), stream("end"), stream("oh", name="stderr"), display(image, 'an "id"'), display(image)
    )
    first, second, *images = assemble(prepared(), path)["cells"][0]["outputs"]
    assert len(long) > HEAD_BYTES
    assert first == {"output_type": "stream", "name": "stdout", "text": long + "end"}
    assert second["text"] == "oh"
    assert [output["data"] for output in images] == [image, image]


def test_an_update_of_a_long_output_is_found(tmp_path: Path) -> None:
    known = display({"text/html": "x" * 2 * HEAD_BYTES}, "one")
    other = display({"text/html": "other"}, "two")
    path = write(tmp_path, known, other, DisplayUpdated(time=2, display_id="one", data={"text/plain": "new"}))
    first, second = assemble(prepared(), path)["cells"][0]["outputs"]
    assert (first["data"], second["data"]) == ({"text/plain": "new"}, {"text/html": "other"})


def test_nan_is_a_string_in_strict_json(tmp_path: Path) -> None:
    path = write(tmp_path, display({"application/json": {"loss": float("nan"), "NaN": 1}}), stream("NaN"))

    def outputs(constants: Any) -> list[Any]:
        text = b"".join(notebook_chunks(prepared(), path, constants=constants))
        return json.loads(text, parse_constant=lambda name: ("constant", name))["cells"][0]["outputs"]

    assert outputs("constants")[0]["data"]["application/json"] == {"loss": ("constant", "NaN"), "NaN": 1}
    assert outputs("strings")[0]["data"]["application/json"] == {"loss": "NaN", "NaN": 1}
    assert outputs("strings")[1]["text"] == "NaN"


def test_a_notebook_is_written_without_being_loaded(tmp_path: Path) -> None:
    path = write(tmp_path, *(stream("some text\n" * 10_000) for _ in range(200)), stream("x" * 20_000_000))
    tracemalloc.start()
    try:
        size = sum(map(len, notebook_chunks(prepared(), path)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 40_000_000
    assert peak < 6_000_000


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\n"\\')), st.integers(8, 40))
def test_a_text_is_read_in_pieces(tmp_path_factory, text: str, limit: int) -> None:
    path = write(tmp_path_factory.mktemp("log"), stream(text), stream("behind it"))
    [line, *_] = EventLogReader(path).lines()
    match = TEXT.match(line.content)
    assert match is not None
    position: int | None = match.end()
    start, pieces = match.end(), []
    with path.open("rb") as file:
        while position is not None:
            found, position = piece(file, position, limit)
            pieces.append(found)
        lines = count_lines(file, start, text_end(file, line))
    assert "".join(pieces) == text
    assert lines == text.count("\n")
    assert all(each.endswith("\n") for each in pieces[:-1] if "\n" in each)


def test_a_position_inside_a_character_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, stream("äöü"))
    start = path.read_bytes().index("ä".encode())
    with path.open("rb") as file, pytest.raises(InvalidInputError, match=f"at byte {start + 1}"):
        piece(file, start + 1, 100)
