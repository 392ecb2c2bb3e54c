# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from jupyter_ml.errors import InvalidInputError, TooLargeError
from jupyter_ml.schemas import yaml, yaml_nodes
from jupyter_ml.schemas.validation import validate
from jupyter_ml.schemas.workspace import WorkspaceSettings


def read(tmp_path, text):
    path = tmp_path / "a.yml"
    path.write_text(text)
    return yaml.load(path)


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match="cannot be read"):
        yaml.load(tmp_path / "missing.yml")
    large = tmp_path / "large.yml"
    large.write_bytes(b"#" * (yaml.MAX_BYTES + 1))
    with pytest.raises(TooLargeError):
        yaml.load(large)


def test_a_password_has_no_place_in_the_settings(tmp_path):
    path = tmp_path / "workspace.yml"
    path.write_text("name: team\ndatabase: postgresql+psycopg://ann:secret@db/ml\n")
    with pytest.raises(InvalidInputError, match=r"workspace.yml:2: database: .*\.pgpass") as caught:
        validate(TypeAdapter(WorkspaceSettings), yaml.load(path), WorkspaceSettings)
    assert "secret" not in str(caught.value)


def test_scalars_are_those_of_yaml_1_2(tmp_path):
    text = """
rate: 1e-3
zip: 01234
mode: 0o17
hex: 0x1F
answer: yes
switch: off
time: 12:30:45
day: 2026-11-22
version: 1.10
nothing: ~
empty:
right: true
quoted: "01234"
forced: !!str 5
number: !!float 5
infinite: -.inf
underscore: 1_000
2026: a
no: b
"""
    document = read(tmp_path, text)
    assert document.data == {
        "rate": 0.001,
        "zip": 1234,
        "mode": 15,
        "hex": 31,
        "answer": "yes",
        "switch": "off",
        "time": "12:30:45",
        "day": "2026-11-22",
        "version": 1.1,
        "nothing": None,
        "empty": None,
        "right": True,
        "quoted": "01234",
        "forced": "5",
        "number": 5,
        "infinite": float("-inf"),
        "underscore": "1_000",
        "2026": "a",
        "no": "b",
    }
    assert document.text(("zip",)) == "01234"
    assert document.text(("quoted",)) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\n? [b, c]\n: 2\n", ["a.yml:2", "a key has to be text"]),
        ("a: 1\n? {b: c}\n: 2\n", ["a.yml:2", "a key has to be text"]),
        ("a: 1\nb: {c: 1, c: 2}\n", ["a.yml:2: 'c' is given twice"]),
        ("a: 1\nb: 2\n\na: 3\n", ["a.yml:4: 'a' is given twice (lines 1 and 4)"]),
        ("a: !!python/object:os.system x\n", ["a.yml:1", "not supported"]),
        ("a: !!set {b, c}\n", ["a.yml:1", "tag set is not supported"]),
        ("a: !!timestamp 2026-01-01\n", ["a.yml:1", "tag timestamp is not supported"]),
        ("a: !!binary aGk=\n", ["a.yml:1", "not supported"]),
        ("a: !!int x\n", ["a.yml:1", "'x' is not a int"]),
        ("a: !!int true\n", ["a.yml:1", "'true' is not a int"]),
        ("a: &a\n  b: *a\n", ["levels"]),
        ("a: &a [*a, *a]\n", ["levels"]),
        ("a: *b\n", ["a.yml:1", "not YAML"]),
        ("a: 1\n--- \nb: 2\n", ["a.yml:2", "not YAML"]),
        ("a: {<<: 5}\n", ["a.yml:1", "<< takes a mapping"]),
        ("a: \x07\n", ["not YAML"]),
        ("[" * 100_000, ["not YAML"]),
        ("- " * 60_000 + "a", ["not YAML"]),
        ("{a: " * 60 + "1" + "}" * 60, ["more than 50 levels"]),
        ("5", ["keys and values", "int"]),
        ("- a\n- b\n", ["keys and values", "list"]),
        ("type: command\n  command: ls\n", ["a.yml:2", "not YAML"]),
    ],
)
def test_what_is_no_plain_data_is_named(tmp_path, text, words):
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path, text)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("level", ["[{}, {}, {}, {}, {}, {}, {}, {}]", "{{k: {}, l: {}}}", "{{<<: [{}, {}, {}, {}]}}"])
def test_aliases_do_not_make_a_small_file_large(tmp_path, monkeypatch, level):
    monkeypatch.setattr(yaml_nodes, "MAX_DEPTH", 1_000)
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {level.format(*[f'*a{n - 1}'] * level.count('{}'))}" for n in range(1, 40)]
    with pytest.raises(TooLargeError, match="more than 50,000 values"):
        read(tmp_path, "\n".join(lines))


def test_aliases_and_merges_that_are_small_are_fine(tmp_path):
    data = read(tmp_path, "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a, *a]\nd: {y: 4, <<: [{y: 5}, *a]}\n").data
    assert data["b"] == {"x": 1, "y": 3}
    assert data["c"] == [data["a"], data["a"]]
    assert data["d"] == {"x": 1, "y": 4}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
        | st.from_regex(r"[-+]?[0-9._]*(e[-+]?[0-9]+)?|0[ox][0-9]+|yes|no|on|off|null|~|[0-9]+:[0-9]+", fullmatch=True),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )
)  # fmt: skip
@settings(max_examples=300)
def test_what_is_written_is_read_as_it_was_by_readers_of_yaml_1_1_and_1_2(value):
    text = yaml.dump({"value": value})
    node = yaml_nodes.compose(text)
    assert yaml_nodes.Reader("", yaml.parse_scalar).read(node) == {"value": value}
    assert pyyaml.safe_load(text) == {"value": value}
