# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Every pattern has a message."""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_ml.schemas.messages import _PATTERNS


def test_no_message_is_a_regular_expression():
    """Each pattern of the REST API has a text; the files and the command line have the same models."""
    api = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())
    patterns = {text for text in _values(api, "pattern") if isinstance(text, str)}
    assert len(patterns) > 10
    assert patterns <= set(_PATTERNS)


def _values(part, key):
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == key)
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _values(each, key)
