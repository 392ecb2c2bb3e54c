# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The outermost bar of tqdm that runs is found in what tqdm itself prints, however that is cut into pieces."""

from __future__ import annotations

import asyncio
import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tqdm import tqdm

from jupyter_ml.executor import progress_bars
from jupyter_ml.executor.progress_bars import ProgressBars, parse_bar
from jupyter_ml.schemas.event_log import LONGEST_LEFT_S, ProgressBar, Progressed


@pytest.mark.parametrize(
    ("arguments", "bar", "left_s"),
    [
        ({"n": 36, "total": 100, "elapsed": 36, "prefix": "epochs: "}, ("epochs", 36, 100, "it"), 64),
        ({"n": 36, "total": 100, "elapsed": 36}, ("", 36, 100, "it"), 64),
        ({"n": 0, "total": 3, "elapsed": 0, "unit": "epoch"}, ("", 0, 3, "epoch"), None),
        ({"n": 3, "total": 3, "elapsed": 9}, ("", 3, 3, "it"), 0),
        ({"n": 1, "total": 3, "elapsed": 4000, "prefix": "a: b: "}, ("a: b", 1, 3, "it"), 8000),
        ({"n": 5, "total": None, "elapsed": 10, "prefix": "rows", "unit": "row"}, ("rows", 5, None, "row"), None),
        ({"n": 5, "total": None, "elapsed": 10}, ("", 5, None, "it"), None),
        (
            {"n": 1_234_567, "total": 3_000_000, "elapsed": 1, "unit": "B", "unit_scale": True},
            ("", 1.23e6, 3e6, "B"),
            1,
        ),
        ({"n": 1, "total": 2, "elapsed": 1, "ascii": True, "postfix": "loss=0.5, acc=1"}, ("", 1, 2, "it"), 1),
        ({"n": 1, "total": 10**12, "elapsed": 10**6}, ("", 1, 1e12, "it"), LONGEST_LEFT_S),
        (
            {"n": 2, "total": None, "elapsed": 1, "bar_format": "{l_bar}<bar/>{r_bar}", "prefix": "x: "},
            ("x", 2, None, "it"),
            None,
        ),
    ],
)
def test_a_line_of_tqdm(arguments, bar, left_s) -> None:
    parsed = parse_bar(tqdm.format_meter(**arguments))
    expected = ProgressBar(**dict(zip(("label", "done", "total", "unit"), bar, strict=True)))
    assert parsed == (expected, left_s)


@pytest.mark.parametrize(
    ("line", "bar"),
    [
        (
            "epochs:\u2007\u200736%|███       | 36/100 [00:36&lt;01:04, 1.00it/s]".replace("&lt;", "<"),
            ("epochs", 36, 100),
        ),
        ("rows: |██████████| 5/? [00:10<?, 2.00s/row]", ("rows", 5, None)),
    ],
)
def test_a_line_of_a_widget(line, bar) -> None:
    parsed = parse_bar(line)
    assert parsed is not None
    assert (parsed[0].label, parsed[0].done, parsed[0].total) == bar


@pytest.mark.parametrize(
    "line", ["", "36%", "loss: 3/4", "12 [a, b]", "x|y| 1/2", "100%|###| a/b [00:00<00:00, 1it/s]"]
)
def test_other_text_is_no_bar(line) -> None:
    assert parse_bar(line) is None


@given(st.text(max_size=200))
def test_no_text_is_an_error(line) -> None:
    parse_bar(line)
    parse_bar(f"a: 1%|{line}| 1/2 [00:00<{line}, {line}]")


class Recorded:
    """A recorder that collects events."""

    def __init__(self):
        self.events = []

    def emit(self, _, **fields):
        self.events.append(fields)


async def settle(recorded, count):
    async with asyncio.timeout(30):
        while len(recorded.events) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def shown(pieces, widgets=lambda: iter(())):
    """Return the outermost bar after each piece of text, by its label; None where there is none."""
    bars = ProgressBars(Recorded(), widgets)
    labels = []
    for piece in pieces:
        bars.printed("stderr", piece)
        found = bars._outermost()
        labels.append((found[0].label, found[0].done) if found else None)
    return labels


@pytest.fixture(autouse=True)
def unscheduled(monkeypatch, request):
    if "recorded" not in request.node.name:
        monkeypatch.setattr(ProgressBars, "changed", lambda _: None)


class Pieces(io.StringIO):
    """A stream that keeps the pieces that were written, one for each bar that is drawn."""

    def __init__(self):
        super().__init__()
        self.pieces = [""]

    def write(self, text):
        self.pieces[-1] += text
        return len(text)

    def cut(self):
        self.pieces.append("")


def bar(stream, total, label, **options):
    return tqdm(range(total), desc=label, file=stream, mininterval=0, **options)


def test_of_nested_bars_the_outer_counts() -> None:
    stream = Pieces()
    for _ in bar(stream, 3, "outer"):
        for _ in bar(stream, 2, "inner", leave=False):
            stream.cut()
    stream.cut()
    labels = shown(stream.pieces)
    assert labels[:6] == [("outer", done) for done in (0, 0, 1, 1, 2, 2)]
    assert labels[-1] is None, "it was closed"


def test_of_bars_one_after_the_other_the_one_that_runs_counts() -> None:
    stream = Pieces()
    for label in ("first", "second"):
        for number in bar(stream, 3, label):
            stream.cut()
            if number == 1 and label == "first":
                break
    stream.cut()
    labels = [each and each[0] for each in shown(stream.pieces)]
    assert labels[0] == "first"
    assert "second" in labels
    assert labels.index("second") <= 3, "the first was left, but closed"
    assert labels[-1] is None


def test_text_between_does_not_matter() -> None:
    stream = Pieces()
    for number in bar(stream, 3, "outer"):
        tqdm.write(f"step {number}", file=stream)
        stream.cut()
    assert [each and each[0] for each in shown(stream.pieces)[:3]] == ["outer"] * 3


INNER = "\n\r 50%|#  | 1/2 [00:01<00:01,  1.0it/s]\x1b[A"
NESTED = (
    f"\router:   0%|   | 0/3 [00:00<?, ?it/s]{INNER}{INNER}\n\r         \x1b[A"
    f"\router:  33%|#  | 1/3 [00:02<00:04,  2.0s/it]{INNER}"
)


@given(st.lists(st.integers(0, len(NESTED)), max_size=5))
def test_pieces_may_be_cut_anywhere(cuts) -> None:
    cuts = sorted(cuts)
    pieces = [NESTED[start:end] for start, end in zip([0, *cuts], [*cuts, len(NESTED)], strict=True)]
    assert shown(pieces)[-1] == ("outer", 1)


def test_a_widget_comes_first() -> None:
    line = "widget:  36%|███       | 36/100 [00:36<01:04, 1.00it/s]"
    stream = Pieces()
    iterator = iter(bar(stream, 3, "text"))
    next(iterator)
    assert shown(stream.pieces, lambda: iter(["no bar", line])) == [("widget", 36)]


def test_what_changes_is_recorded_and_what_does_not_is_not(monkeypatch) -> None:
    monkeypatch.setattr(progress_bars, "PERIOD_S", 0.001)
    recorded = Recorded()

    async def check():
        bars = ProgressBars(recorded)
        bars.begin(7)
        line = "\r 36%|###| 36/100 [00:36<01:04, 1.00it/s]"
        bars.printed("stderr", line)
        await settle(recorded, 1)
        bars.printed("stderr", line)
        bars.printed("stdout", "other\n")
        await asyncio.sleep(0.02)
        bars.printed("stderr", "\n")
        await settle(recorded, 2)
        bars.printed("stderr", line)
        bars.begin(8)
        await asyncio.sleep(0.02)

    asyncio.run(check())
    first, last = recorded.events
    assert (first["cell"], first["bar"].done, first["left_s"]) == (7, 36, 64)
    assert last == {"cell": 7}


CELL = """
import time, pathlib
from tqdm import {kind} as module
for outer in module.tqdm(range(4), desc="epochs", unit="epoch", mininterval=0):
    for inner in module.tqdm(range(3), leave=False):
        time.sleep(0.01)
    while outer == 1 and not pathlib.Path("seen").exists():
        time.sleep(0.02)
"""


def is_at_one_of_four(event):
    return isinstance(event, Progressed) and event.bar == ProgressBar(label="epochs", done=1, total=4, unit="epoch")


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["std", "notebook"])
def test_a_cell_with_nested_bars_is_recorded(attempt, kind) -> None:
    run = attempt("1", CELL.format(kind=kind), "print('after')").start()
    event = run.until(is_at_one_of_four)
    assert (event.cell, event.left_s is not None) == (1, True)
    (run.folder.work / "seen").touch()
    assert run.wait() == 0, run.ended
    assert not any(isinstance(event, Progressed) and event.cell != 1 for event in run.events)
    assert not any(isinstance(event, Progressed) and event.bar and event.bar.total == 3 for event in run.events)


@pytest.mark.integration
def test_the_bar_of_a_command_is_recorded(attempt) -> None:
    run = attempt(command=f"{sys.executable} -c '{CELL.format(kind='std').replace(chr(39), chr(34))}'").start()
    assert run.until(is_at_one_of_four).cell is None
    (run.folder.work / "seen").touch()
    assert run.wait() == 0
