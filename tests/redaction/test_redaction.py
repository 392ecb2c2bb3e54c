# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""All forms of a value are masked, in a single text and across the chunks of a stream."""

from __future__ import annotations

import base64
import html
import json
import os
import subprocess
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.redaction.redactor import MASK, Redactor

SECRET = "p4ss/w\"rd+'é\\ <&>"
KEY = "-----BEGIN KEY-----\nMIIEabcd\nefgh1234\n-----END KEY-----\n"

values = st.text(alphabet="abc", min_size=1, max_size=6)


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        repr(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        html.escape(SECRET),
        quote(SECRET),
        quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.b64encode(f"u:{SECRET} more".encode()).decode(),
        base64.urlsafe_b64encode(f"us:{SECRET}".encode()).decode(),
    ],
)
def test_encoded_forms_are_masked(written: str) -> None:
    redacted = Redactor([SECRET]).text(f"<{written}>")
    assert MASK in redacted
    assert len(redacted) < len(MASK) + 16
    assert "p4ss" not in redacted


def test_each_line_of_a_multiline_value_is_masked() -> None:
    redactor = Redactor([KEY])
    assert redactor.text("line: MIIEabcd!") == "line: ***!"
    assert redactor.text(KEY) == MASK
    assert "MIIE" not in redactor.text(repr(KEY))


IN_BASH = {
    "traced": 'set -x; : "$V"',
    "traced assignment": 'set -x; W="$V"',
    "traced test": 'set -x; [[ -n "$V" ]]',
    "traced option": 'set -x; echo --key="$V" > /dev/null',
    "printf": 'printf %q "$V"',
    "declare": "declare -p V",
    "quoted": 'printf %s "${V@Q}"',
    "set": "set | grep -a -A9 ^V=",
}
HOSTILE = [
    SECRET,
    "it's $HOME `x`!",
    "a b\tc\nd'efgh",
    "~tilde#hash,comma{br}[x]?*^|;()",
    "#a~b=~c:~d#e@%+f-g.h/i",
    "né'\x01\x7f€ \x1b[31m",
    "\\back'slash\\",
]


@pytest.mark.integration
@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
@pytest.mark.parametrize("command", IN_BASH.values(), ids=IN_BASH)
def test_forms_that_bash_writes_are_masked(command: str, locale: str) -> None:
    for value in HOSTILE:
        environment = {"V": value, "LC_ALL": locale, "PATH": os.environ["PATH"]}
        done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, check=True)
        printed = (done.stdout + done.stderr).decode("utf-8", "replace")
        redacted = Redactor([value]).text(printed)
        assert MASK in redacted, printed
        assert len(redacted) < len(printed) - len(value) + len(MASK) + 2, printed


def test_values_in_json_are_masked() -> None:
    redactor = Redactor(["secret"])
    assert redactor.value({"a": ["my secret", {"secret": 1}], "n": 5, "none": None}) == {
        "a": ["my ***", {MASK: 1}],
        "n": 5,
        "none": None,
    }


def test_nothing_is_buffered_without_secrets() -> None:
    redactor = Redactor(["", ""])
    assert redactor.feed("stdout", "anything") == "anything"
    assert redactor.flush() == []


@settings(max_examples=300)
@given(st.lists(values, min_size=1, max_size=3), st.lists(st.text(alphabet="abcd", max_size=8), max_size=8))
def test_values_are_masked_across_any_chunks_of_a_stream(secrets: list[str], chunks: list[str]) -> None:
    redactor = Redactor(secrets)
    written = "".join(redactor.feed("stdout", chunk) for chunk in chunks)
    written += "".join(text for _, text in redactor.flush())
    assert not any(secret in written for secret in secrets)
    # all other text is unchanged
    assert written == redactor.text("".join(chunks))


@given(st.text(min_size=4), st.text(), st.text())
def test_values_are_masked_in_any_text(secret: str, before: str, after: str) -> None:
    if MASK in secret or "*" in secret:
        return
    assert secret not in Redactor([secret]).text(before + secret + after)
