# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A cell is named by its prompt number, with its position where that differs."""

from __future__ import annotations

import pytest

from jupyter_ml.schemas.cells import CellPlace


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (CellPlace(None, 2, 7), "cell 2 of 7"),
        (CellPlace(2, 2, 7), "cell 2 of 7"),
        (CellPlace(5, 2, 7), "cell [5] (2 of 7)"),
        (CellPlace(2, 0, 7), "the cell with the given parameters"),
    ],
)
def test_the_name_of_a_cell(place: CellPlace, text: str) -> None:
    assert str(place) == text
