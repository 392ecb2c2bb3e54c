# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A message suggests what was probably meant."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import nearest


@pytest.mark.parametrize(
    ("word", "known", "right"),
    [
        ("services", ["secrets", "retries"], None),
        ("distribution", ["description"], None),
        ("mode", ["code", "notebook"], None),
        ("settings", ["secrets"], None),
        ("component", ["compute", "command"], None),
        ("identity", ["priority"], None),
        ("command", ["comment"], None),
        ("seed", ["speed_limit"], None),
        ("x", ["y", "xx"], None),
        ("timeot", ["timeout", "cell_timeout"], "timeout"),
        ("alhpa", ["alpha"], "alpha"),
        ("nmae", ["name"], "name"),
        ("Name", ["name"], "name"),
        ("display-name", ["display_name", "name"], "display_name"),
        ("kernel", ["kernel_name", "name"], "kernel_name"),
        ("experiment", ["experiment_name"], "experiment_name"),
        ("notebok", ["notebook"], "notebook"),
        ("tag", ["tags"], "tags"),
        ("pth", ["path"], "path"),
        ("env", ["environment_variables"], "environment_variables"),
    ],
)
def test_only_a_near_match_is_suggested(word, known, right):
    assert nearest(word, known) == (f" (did you mean {right!r}?)" if right else "")
