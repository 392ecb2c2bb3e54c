from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.expressions import Expression, find, substitute, substitute_in_shell

VALUES = st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=12)
PLACES = {
    "bare": "printf %s ${{inputs.x}}",
    "double": 'printf %s "${{inputs.x}}"',
    "single": "printf %s '${{inputs.x}}'",
    "after an escape": 'printf %s \\"${{inputs.x}}',
}


@pytest.mark.parametrize("place", PLACES)
@given(value=VALUES)
@settings(deadline=None, max_examples=25)
def test_a_value_stays_one_word_wherever_it_stands(place, value):
    command = substitute_in_shell(PLACES[place], lambda _: value)
    shown = subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout.decode()
    assert shown == ('"' if place == "after an escape" else "") + value


@pytest.mark.parametrize("place", PLACES.values())
@pytest.mark.parametrize("value", ["$({})", "`{}`", "; {}", "' ; {} '", '" ; {} "', "\n{}"])
def test_a_value_cannot_run_anything(tmp_path, place, value):
    target = tmp_path / "made"
    command = substitute_in_shell(place, lambda _: value.format(f"touch {target}"))
    subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert not target.exists()


def test_find_and_substitute():
    text = "${{ inputs.data }}/x to ${{outputs.model}}"
    assert list(find(text)) == [Expression("inputs", "data"), Expression("outputs", "model")]
    assert substitute(text, lambda expression: expression.name.upper()) == "DATA/x to MODEL"


@pytest.mark.parametrize("text", ["${{input.x}}", "${{inputs}}", "${{inputs.a-b}}", "${{ }}"])
def test_what_is_no_expression_is_named(text):
    with pytest.raises(InvalidInputError, match="is not an expression"):
        list(find(text))
