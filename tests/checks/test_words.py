# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The check of words finds what it forbids, where prose can be, and nothing else."""

from __future__ import annotations

import pytest

from checks.vocabulary import RULES
from checks.words import check, matches

WRONG = [
    "Credentials are handed out.",
    "The last wave is exact.",
    "Small pictures of some images.",
    "The supervisor reads the spool.",
    "A nudge makes it fast.",
    "Clients ring the bell.",
    "The socket is the meeting place.",
    "A wish is a row.",
    "The CLI is a front door.",
    "Add a noun.",
    "A verb's signature.",
    "A claim is not a fact.",
    "Why the truth survives.",
    "The disk has no room.",
    "An address in this house.",
    "The story of a job.",
    "Waits with patience.",
    "Put it on the shelf.",
    "The course of a metric.",
    "Curves of jobs.",
    "A job kept as before.",
    "What the job left\nbehind.",
    "Known by number and birth.",
    "The happenings of a kind.",
    "Advances are stored together.",
    "A draft on its way to the queue.",
    "X is no folder.",
    "Where the file lies.",
    "The name stands in the file.",
    "It is made for each attempt.",
    "Made up when absent.",
    "Write the reference anew.",
    "The event tells how it ended.",
    "The exit code says why.",
    "Whoever calls it.",
    "Nobody reads it.",
    "One job's trouble.",
    "Mend the layout.",
    "Judge the reply.",
    "Be the supervisor.",
    "No job is like that.",
    "A number, please.",
    "This is needed.",
    "There is nothing at /x.",
    "Look after the jobs.",
]

RIGHT = [
    "A handover to the next supervisor.",
    "A picture of each view.",
    "There is no folder at that path, so one is created by default.",
    "The one source of truth is the schema, in fact and of course.",
    "The learning curve and the ROC curve are in the artifacts.",
    "Nothing can tell a stranger's process from ours, and the HTTP verb may be the reason.",
    "It understands a bathroom, a believer, and what is essay or playlist.",
    "CLOCK_MONOTONIC stands still, a default stands in for the value, and the time is made up for later.",
    "Run the old `spool` of [a job](spool.md), see https://example.org/nobody/lies.",
    "The file is stored in the directory; it was made by hand.",
    "Times are known in advance; a clock advances in steps of a second.",
]


@pytest.mark.parametrize("sentence", WRONG)
def test_forbidden_words_are_found(sentence: str) -> None:
    assert list(matches(sentence))


@pytest.mark.parametrize("sentence", RIGHT)
def test_plain_english_passes(sentence: str) -> None:
    assert list(matches(sentence)) == []


def test_every_rule_has_an_example() -> None:
    unused = [pattern.pattern for pattern, _ in RULES if not any(pattern.search(sentence) for sentence in WRONG)]
    assert unused == []


PYTHON = '''"""Nobody."""
x = {"noun": "Whoever"}  # trouble
def test_somebody_waits(): f"{x} is no file"
y = "lies"
'''
SCRIPT = """// whoever
/* a
 * noun */
const a = trans.__('A number, please'); // 'x'
import { Facts } from './Facts';
const b = `the ${a} lies here`;
"""
MARKDOWN = """A `noun` lies
in it.

```sh
nobody
```
A wish ``noun``.
"""
YAML = """description: a noun  # trouble
"""


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.py", PYTHON, [(1, "Nobody"), (2, "Whoever"), (2, "trouble"), (3, "is no file"), (3, "somebody")]),
        ("a.ts", SCRIPT, [(1, "whoever"), (3, "noun"), (4, "please"), (6, "lies")]),
        ("a.md", MARKDOWN, [(1, "lies"), (7, "wish")]),
        ("a.yaml", YAML, [(1, "noun"), (1, "trouble")]),
    ],
)
def test_prose_of_each_language_is_read(tmp_path, name: str, text: str, lines: list[tuple[int, str]]) -> None:
    path = tmp_path / name
    path.write_text(text)
    found = [line.removeprefix(f"{path}:").split(" -> ")[0] for line in check(path)]
    assert found == [f"{line}: '{word}'" for line, word in lines]


def test_what_to_write_instead_is_named(tmp_path) -> None:
    path = tmp_path / "a.md"
    path.write_text("A verb.")
    assert check(path) == [f"{path}:1: 'verb' -> write 'operation'"]
