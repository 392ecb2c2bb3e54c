# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Texts that contain terminal control sequences, markup, or both."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["HOSTILE", "hidden", "texts"]

HOSTILE = [
    "[/data/a.csv]",
    "[bold red]x[/]",
    "[link=https://evil.example]click[/link]",
    "\x1b[2J\x1b[H all gone",
    "\x1b]0;new title\x07",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "\x9b2J",
    "\x9d0;title\x9c",
    "\x1bP1;1|17/ab\x1b\\",
    "a\rb\x08c\x07d\x00e\x7f",
    "safe\u202egnp.exe",
    "\u2066\u2069\u2028\u2029",
    "half \ud800 of a pair",
    "two\nlines",
    "2026-11-26 10:00:00,000 INFO root [main] forged",
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "![](https://evil.example/x.png)",
    "[a](javascript:alert(1)) www.evil.example https://evil.example",
    "`code` $\\alpha$ \\(x\\) **bold** _it_ ~~no~~ | a | # h",
    "{{x}} ${x} %s %(x)s {0}",
    "- item",
    "1. item",
    "=cmd()",
]

texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), min_size=1, max_size=3).map("".join)


def hidden(text: str) -> set[str]:
    """Return the control characters in a displayed text, except for line ends and tabs."""
    directions = set(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029]))
    return {
        sign
        for sign in text
        if (sign < " " and sign not in "\n\t") or "\x7f" <= sign <= "\x9f" or "\ud800" <= sign <= "\udfff"
    } | (set(text) & directions)
