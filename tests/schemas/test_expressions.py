# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.expressions import Expression, find, substitute


def test_find_and_substitute():
    text = "${{ inputs.data }}/x to ${{outputs.model}}"
    assert list(find(text)) == [Expression("inputs", "data"), Expression("outputs", "model")]
    assert substitute(text, lambda expression: expression.name.upper()) == "DATA/x to MODEL"


@pytest.mark.parametrize("text", ["${{input.x}}", "${{inputs}}", "${{inputs.a-b}}", "${{ }}"])
def test_text_that_is_not_an_expression_is_named(text):
    with pytest.raises(InvalidInputError, match="is not an expression"):
        list(find(text))
