# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Whatever a text holds, a person sees it and nothing obeys it."""

from __future__ import annotations

import json
import logging
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt

from jupyter_ml.schemas.escaping import LineFormatter, json_text, markdown, overwritten, program_text, visible
from tests.hostile import HOSTILE, hidden, texts


@given(texts)
def test_what_is_shown_holds_no_order(text):
    line = visible(text)
    assert hidden(line) == set()
    assert not set("\n\t") & set(line)
    assert hidden(visible(text, lines=True)) == set()
    assert visible(text, lines=True).count("\n") == text.count("\n")


def test_orders_are_written_out():
    assert visible("a\x1b[2J\u202eb\n\ud800") == "a\\x1b[2J\\u202eb\\n\\ud800"
    assert visible("ünï 中文 👩‍🔬 שלום [x]") == "ünï 中文 👩‍🔬 שלום [x]"


@pytest.mark.parametrize(
    ("printed", "plain", "coloured"),
    [
        ("\x1b[1;31mred\x1b[0m", "red", "\x1b[1;31mred\x1b[0m"),
        ("\x1b[38;5;196mred\x1b[m", "red", "\x1b[38;5;196mred\x1b[m"),
        ("\x1b[2J\x1b[10;5Hx\x1b[?25l", "x", "x"),
        ("\x1b]0;title\x07x", "x", "x"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click", "click"),
        ("\x1b]52;c;cm0=\x07x", "x", "x"),
        ("\x9b2Jx\x9d0;t\x9cy", "xy", "xy"),
        ("\x1bcx\x1b(0y", "xy", "xy"),
        ("10%\x08\x08\x0820%\x07", "10%20%", "10%20%"),
        ("cut \x1b[", "cut ", "cut "),
        ("cut \x1b]0;no end", "cut 0;no end", "cut 0;no end"),
        ("a\rb\n", "a\rb\n", "a\rb\n"),
        ("a\0b\x0bc", "a\\x00b\\x0bc", "a\\x00b\\x0bc"),
    ],
)
def test_of_what_a_program_prints_colours_may_pass(printed, plain, coloured):
    assert program_text(printed, colours=False) == plain
    assert program_text(printed, colours=True) == coloured


@given(texts)
def test_nothing_but_colours_passes(text):
    assert hidden(program_text(text, colours=False)) <= {"\r"}
    assert hidden(re.sub(r"\x1b\[[0-9;:]*m", "", program_text(text, colours=True))) <= {"\r"}


def test_a_progress_bar_is_what_it_was_last():
    assert overwritten("0%\r50%\r100%\r\nnext\r") == "100%\nnext\r"
    assert overwritten("a\n\r\rb\r\rc") == "a\nc"
    line = "x" * 3_000_000  # in time that does not grow with its square
    assert overwritten(line) == line


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


@given(texts)
@example("\\(x\\) $y$ \\begin{z}")
def test_markdown_shows_the_text_and_nothing_else(text):
    source = markdown(text)
    page = Page(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(source))
    assert set(page.tags) <= {"p"}
    assert page.text.strip() == " ".join(visible(text, lines=True).split())
    assert not re.search(r"[$\\]|://|www\.|@", source), "formulas and addresses are found in the source"


@given(texts)
def test_json_stays_the_same_document(text):
    document = json_text(json.dumps({text: [text]}, indent=2, ensure_ascii=False))
    assert json.loads(document) == {text: [text]}
    assert hidden(document) == set()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_log_has_one_record_for_each_record(text):
    forged = f"{text}\n2026-11-26 10:00:00,000 INFO root [main] forged"
    record = logging.LogRecord("a", logging.ERROR, "", 0, "%s failed", (forged,), None)
    written = LineFormatter("%(levelname)s %(message)s").format(record)
    assert [line for line in written.split("\n") if not line.startswith("    ")] == [written.split("\n")[0]]
    assert hidden(written) == set()
