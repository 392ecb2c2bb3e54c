# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Widgets of a notebook: saved with it, rendered as text while they change, and bounded."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from jupyter_ml.schemas.event_log import (
    DisplayUpdated,
    Output,
)

if TYPE_CHECKING:
    from jupyter_ml.schemas.event_log import AttemptEvent


def test_the_state_of_widgets_is_saved(attempt) -> None:
    run = attempt(
        "import ipywidgets as w\nout = w.Output()\ndisplay(w.IntSlider(value=7), out)",
        "with out:\n    print('inside')",
    )
    assert run.run() == 0, run.ended
    state = run.notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert any(model["state"].get("value") == 7 for model in state.values())
    assert any(
        model["state"].get("outputs", [{}])[0:1] != [] and "inside" in json.dumps(model) for model in state.values()
    )
    assert run.cells[1]["outputs"] == []


def test_interactive_widgets_do_not_hang_on_a_busy_machine(attempt) -> None:
    talking = "import ipywidgets as w\nf = lambda x=1: print(x)\ndisplay(w.interactive(f, x=(0, 5)))"
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        assert attempt(*[talking] * 4).run() == 0
    finally:
        for each in busy:
            each.kill()
            each.wait()


def test_widgets_are_rendered_as_text_while_they_change(attempt) -> None:
    run = attempt(
        "import ipywidgets as w, time, pathlib\n"
        "bar, label = w.FloatProgress(max=4), w.HTML('<b>0</b> of 4 &lt;i&gt;')\n"
        "display(w.HBox([w.Label('train'), bar, label]), w.IntSlider(value=7))\n"
        "for step in (2, 4):\n"
        "    bar.value, label.value = step, f'<b>{step}</b> of 4'\n"
        "    while not pathlib.Path(f'seen-{step}').exists(): time.sleep(0.05)",
        "bar.value = 1",
        "loop = w.HBox()\nloop.children = [loop]\nloop",
    ).start()
    shown = run.until(lambda event: isinstance(event, Output)).output["data"]
    assert shown["text/plain"] == "train|          |0 of 4 <i>"
    for step, text in {2: "train|█████     |2 of 4", 4: "train|██████████|4 of 4"}.items():
        # bar and label change by one message each, and an update may be rendered between the two
        update = run.until(lambda event, text=text: has_text(event, text))
        assert update.data.keys() == shown.keys()
        (run.folder.work / f"seen-{step}").touch()
    assert run.wait() == 0, run.folder.log.read_text()
    assert not run.folder.log.read_text()
    texts = [output["data"]["text/plain"] for output in run.cells[0]["outputs"]]
    assert texts == ["train|██        |4 of 4", "IntSlider(value=7)"]


def has_text(event: AttemptEvent, text: str) -> bool:
    return isinstance(event, DisplayUpdated) and event.data["text/plain"] == text


def test_widgets_are_rendered_once_a_second(attempt) -> None:
    run = attempt(
        "import ipywidgets as w, time\nbar = w.FloatProgress(max=50)\ndisplay(bar)\n"
        "for step in range(51):\n    bar.value = step; time.sleep(0.05)"
    )
    assert run.run() == 0
    *regular, _last = [event.time for event in run.events if isinstance(event, DisplayUpdated)]
    assert regular
    assert all(after - before > 0.9 for before, after in pairwise(regular))


def test_comms_that_resemble_widgets_are_ignored(attempt) -> None:
    run = attempt(
        "from comm import create_comm\n"
        "def make(state):\n"
        "    return create_comm(target_name='jupyter.widget', data={'state': state})\n"
        "def show(view):\n"
        "    display({'application/vnd.jupyter.widget-view+json': view, 'text/plain': 'y'}, raw=True)",
        "show('x')\nshow({'model_id': ['a']})",
        "show({'model_id': make({'_model_name': 'FloatProgressModel', 'value': 'a', 'max': [1]}).comm_id})",
        "show({'model_id': make({'_model_name': 'HBoxModel', 'children': 5}).comm_id})",
        "make('ready').send(data={'state': 5})\nmake({'a': 1})",
        "print('after')",
    )
    assert run.run() == 0, run.folder.log.read_text()
    assert run.text == "after\n"
    assert "_model" not in json.dumps(run.notebook["metadata"])


def test_an_output_widget_is_bounded(attempt) -> None:
    run = attempt("import ipywidgets as w\nout = w.Output()", "with out:\n    for _ in range(300): print('x' * 1_000)")
    assert run.run() == 0, run.ended
    state = json.dumps(run.notebook["metadata"]["widgets"])
    assert 99_000 < state.count("x") < 110_000
    assert "the rest is in std_log.txt" in state
    assert run.folder.std_log.read_text().count("x") == 300_000
