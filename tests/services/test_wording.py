"""How values read as plain text."""

from __future__ import annotations

import pytest

from jupyter_ml.services.wording import value_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456, "0.1235"),
        (0, "0"),
        (True, "True"),
        (None, ""),
        ("", ""),
        ("a", "a"),
        ({"$type": "date", "value": "2024-05-01"}, "2024-05-01"),
        ({"$type": "tuple", "value": [1, 2]}, "(1, 2)"),
    ],
)
def test_a_value_reads_as_what_it_is(value, text):
    assert value_text(value) == text
