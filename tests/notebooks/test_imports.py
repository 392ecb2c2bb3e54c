# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The modules that a notebook imports are those of its import statements."""

from __future__ import annotations

import pytest

from jupyter_ml.notebooks.imports import imported_modules, may_install
from tests.notebooks.documents import document


def test_modules_of_import_statements() -> None:
    cells = (
        "import a, b.c as d\nfrom e.f import g\n%matplotlib inline",
        "try:\n    import h\nexcept ImportError: pass\nfrom . import i",
        "imported = 1\nprint('from x to y')\nfrom_ = 2",
    )
    assert imported_modules(document(*cells)) == ["a", "b.c", "e.f", "h"]


@pytest.mark.parametrize(
    ("source", "expected"), [("%pip install a", True), ("!uv pip install b", True), ("import pip", False), ("", False)]
)
def test_installations(source: str, expected: bool) -> None:
    assert may_install(document("1", source)) is expected
