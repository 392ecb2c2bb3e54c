# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Escape the text of jobs for display: what a terminal or a page would interpret is shown instead."""

from __future__ import annotations

import json
import logging
import re

__all__ = ["LineFormatter", "has_hidden", "indented", "json_text", "markdown", "overwritten", "program_text", "visible"]

_HIDDEN = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
"""Control characters, those that change the direction of writing, and halves of surrogate pairs."""
_IN_LINES = re.compile(f"[{_HIDDEN}]")
_IN_LINE = re.compile(f"[{_HIDDEN}\t\n]")
_COLOUR = r"\x1b\[[0-9;:]*m"
_ORDER = re.compile(
    rf"(?P<colour>{_COLOUR})"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # the cursor, modes, and other sequences with parameters
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"  # titles, links, the clipboard
    r"|\x1b[ -/]*[0-~]"
    r"|[\x07\x08]"
)
_OVERWRITTEN = re.compile(r"^[^\n]*\r(?=[^\n])", re.MULTILINE)
_MARKDOWN = re.compile(r"""[\\`*_{}\[\]()<>#!|~$&@^]|:(?=//)|(?<=www)\.|^[-+=]|^\d+(?=[.)])""")
_NAMES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return a text with every character that would be interpreted written as ``\x1b`` or ``\u202e``.

    Parameters
    ----------
    text
        From anywhere.
    lines
        Whether ends of lines and tabs stay.
    """
    return (_IN_LINES if lines else _IN_LINE).sub(lambda match: _escape(match[0]), text)


def _escape(sign: str) -> str:
    code = ord(sign)
    return _NAMES.get(sign) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def has_hidden(text: str) -> bool:
    """Return whether `visible` would change a text of several lines."""
    return _IN_LINES.search(text) is not None


def program_text(text: str, *, colours: bool) -> str:
    """Return what a program printed, for a terminal: its colours may stay; cursor, titles, links and bells are removed.

    What is left of a sequence that was cut is shown. A carriage return stays, see `overwritten`.
    """
    text = _ORDER.sub(lambda match: (match["colour"] or "") if colours else "", text)
    shown = re.split(f"({_COLOUR}|\r)", text)
    shown[::2] = [visible(part, lines=True) for part in shown[::2]]
    return "".join(shown)


def overwritten(text: str) -> str:
    r"""Return a text without what a progress bar has overwritten with ``\r``."""
    return _OVERWRITTEN.sub("", text.replace("\r\n", "\n"))


def markdown(text: str) -> str:
    """Return a text in one line that Markdown shows as it is: no markup, link, formula or HTML."""
    line = " ".join(visible(text, lines=True).split())
    return _MARKDOWN.sub(lambda match: "".join(f"&#{ord(sign)};" for sign in match[0]), line)


def json_text(text: str) -> str:
    r"""Return a JSON document in which every such character is written as ``\u202e``: it stays the same document."""
    return _IN_LINES.sub(lambda match: json.dumps(match[0])[1:-1], text)


def indented(text: str) -> str:
    """Return a text whose further lines are indented, so that none looks like another record of a log."""
    return visible(text, lines=True).replace("\n", "\n    ")


class LineFormatter(logging.Formatter):
    """Format each record as `indented`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line, or several."""
        return indented(super().format(record))
