# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The values that texts are converted to, in a table of texts and of the places where they are given."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.magics.values import split_line
from jupyter_ml.schemas.options import assignments
from jupyter_ml.schemas.parameters import decode
from jupyter_ml.schemas.specs import CommandJob, JobSubmission
from jupyter_ml.server.parsing import parse_body
from jupyter_ml.services.jobs import specs
from jupyter_ml.services.jobs.resolving import resolve_command
from jupyter_ml.services.jobs.validation import convert, validate
from tests.workspaces import write_notebook

REFUSED = InvalidInputError
SAME = object()
BIG = 12345678901234567890
# by text: the value for a parameter of unknown type, one declared int, float, bool, list; and as a value of YAML
TABLE = {
    "5": (5, 5, 5.0, REFUSED, REFUSED, 5),
    "-3": (-3, -3, -3.0, REFUSED, REFUSED, -3),
    "+5": (SAME, 5, 5.0, REFUSED, REFUSED, 5),
    "01234": (SAME, 1234, 1234.0, REFUSED, REFUSED, 1234),
    "0x10": (SAME, 16, 16.0, REFUSED, REFUSED, 16),
    "0o17": (SAME, 15, 15.0, REFUSED, REFUSED, 15),
    "0b11": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "1_000": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "12:30": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "1.0": (1.0, REFUSED, 1.0, REFUSED, REFUSED, 1.0),
    "1.00": (SAME, REFUSED, 1.0, REFUSED, REFUSED, 1.0),
    "3.10": (SAME, REFUSED, 3.1, REFUSED, REFUSED, 3.1),
    "0.5": (0.5, REFUSED, 0.5, REFUSED, REFUSED, 0.5),
    ".5": (SAME, REFUSED, 0.5, REFUSED, REFUSED, 0.5),
    "1e-3": (1e-3, REFUSED, 1e-3, REFUSED, REFUSED, 1e-3),
    "2.5e-05": (2.5e-05, REFUSED, 2.5e-05, REFUSED, REFUSED, 2.5e-05),
    "1e5": (SAME, REFUSED, 1e5, REFUSED, REFUSED, 1e5),
    "7e10": (SAME, REFUSED, 7e10, REFUSED, REFUSED, 7e10),
    "1e999": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "12345678901234567890": (BIG, BIG, float(BIG), REFUSED, REFUSED, BIG),
    "9" * 5000: (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "true": (True, REFUSED, REFUSED, True, REFUSED, True),
    "True": (True, REFUSED, REFUSED, True, REFUSED, True),
    "FALSE": (SAME, REFUSED, REFUSED, False, REFUSED, False),
    "yes": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "off": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "null": (None, REFUSED, REFUSED, REFUSED, REFUSED, None),
    "~": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, None),
    "None": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, None),
    "Team A # 3": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, "Team A"),
    " leading": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, "leading"),
    "5 ": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, 5),
    "a: b": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    "- a": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    "&a": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, None),
    "!x 5": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    '"5"': (SAME, REFUSED, REFUSED, REFUSED, REFUSED, "5"),
    "'quoted'": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, "quoted"),
    "2026-11-22": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "[1, a, 01, 2.50]": ([1, "a", "01", "2.50"], REFUSED, REFUSED, REFUSED, [1, "a", "01", "2.50"], [1, "a", 1, 2.5]),
    "[1] # one": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, [1]),
    "[late] report": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    "{a: 1}": ({"a": 1}, REFUSED, REFUSED, REFUSED, REFUSED, {"a": 1}),
    "{a: 1, a: 2}": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    "line\nbreak": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, "line break"),
    "ünïcode ✓": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
    "$(touch pwned)": (SAME, REFUSED, REFUSED, REFUSED, REFUSED, SAME),
}  # fmt: skip
TYPES = ["str", "int", "float", "bool", "list"]


def expected(text, column):
    value = (
        text
        if column == "str"
        else TABLE[text][{"untyped": 0, **{kind: i for i, kind in enumerate(TYPES)}, "yaml": 5}[column]]
    )
    return text if value is SAME else value


def same(got, wanted):
    return got == wanted and type(got) is type(wanted)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A notebook for each type of a parameter, a script, and a job file for each."""
    folder = tmp_path_factory.mktemp("values")
    write_notebook(folder / "untyped.ipynb", "1", parameters="x = make()")
    for kind in TYPES:
        write_notebook(folder / f"{kind}.ipynb", "1", parameters=f"x: {kind}")
    (folder / "s.py").write_text("")
    for kind in ("untyped", *TYPES):
        (folder / f"{kind}.yml").write_text(f"notebook: {kind}.ipynb\nparameters: {{}}\n")
    (folder / "command.yml").write_text("command: printf %s ${{inputs.x}}\ninputs: {x: 0}\n")
    return folder


def arrives(call, wanted):
    if wanted is REFUSED:
        with pytest.raises(InvalidInputError):
            call()
    else:
        got = call()
        assert same(got, wanted), f"{got!r} rather than {wanted!r}"


@pytest.mark.parametrize("text", TABLE)
def test_on_a_command_line_in_magics_and_with_set(folder, text):
    typed = assignments(split_line(f"run a.ipynb -p {shlex.quote(f'x={text}')}", {})[3:], "-p")
    assert typed == {"x": text}
    for kind in ("untyped", *TYPES):
        wanted = expected(text, kind)
        load = partial(specs.from_file, folder / f"{kind}.ipynb", typed, {}, code=True)
        arrives(lambda: decode(convert(load()).parameters["x"]), wanted)  # noqa: B023
        if text != "null":  # that takes the key away
            set_ = {"parameters.x": text}
            arrives(lambda: decode(convert(specs.read(folder / f"{kind}.yml", {}, set_)).parameters["x"]), wanted)  # noqa: B023


@pytest.mark.parametrize("text", TABLE)
def test_in_a_file(folder, tmp_path, text):
    def read(kind):
        path = folder / "in_a_file.yml"
        path.write_text(f"notebook: {kind}.ipynb\nparameters:\n  x: {text.replace(chr(10), chr(10) + '   ')}\n")
        return decode(convert(specs.read(path, {}, {})).parameters["x"])

    arrives(lambda: read("untyped"), expected(text, "yaml"))
    for kind in ("int", "float", "bool"):
        declared = expected(text, kind)
        if declared is not REFUSED:
            arrives(lambda: read(kind), declared)  # noqa: B023
    if isinstance(expected(text, "yaml"), bool | int | float):
        arrives(lambda: read("str"), text.strip())


@pytest.mark.integration
@pytest.mark.parametrize("text", TABLE)
def test_a_script_gets_the_text_itself(folder, tmp_path, text):
    def printed(job):
        command = job.model_copy(update={"command": "printf %s ${{inputs.x}}"})
        resolved, variables = resolve_command(command, Path("outputs"))
        return run(resolved, tmp_path, variables)

    assert printed(convert(specs.from_file(folder / "s.py", {"x": text}, {}, code=True))) == text
    if text != "null":
        job = convert(specs.read(folder / "command.yml", {}, {"inputs.x": text if text[:1] not in ("[", "{") else ""}))
        assert printed(job) == (text if text[:1] not in ("[", "{") else "")


def run(resolved, cwd, variables):
    env = os.environ | variables
    return subprocess.run(["bash", "-c", resolved], cwd=cwd, env=env, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("value", [5, 0.5, True, "01234", "1e-3", None, [1, "01"], {"a": "yes"}])
def test_values_of_a_request_keep_their_types(value):
    body = json.dumps({"job": {"type": "notebook", "notebook": "a.ipynb", "parameters": {"x": value}}}).encode()
    assert same(parse_body(JobSubmission, body, 10_000).job.parameters["x"], value)


def test_a_date_is_text_unless_it_is_declared(folder):
    write_notebook(folder / "date.ipynb", "1", parameters="from datetime import date\nx: date = date(2024, 1, 1)")
    (folder / "date.yml").write_text("notebook: date.ipynb\nparameters: {x: 2024-05-01}\n")
    assert decode(convert(specs.read(folder / "date.yml", {}, {})).parameters["x"]) == date(2024, 5, 1)


def test_an_error_quotes_what_was_written(folder):
    (folder / "wrong.yml").write_text("notebook: bool.ipynb\nparameters:\n  x: 01234\n")
    with pytest.raises(InvalidInputError) as caught:
        convert(specs.read(folder / "wrong.yml", {}, {}))
    assert str(caught.value) == (
        f"{folder}/wrong.yml:3: parameter 'x' takes bool, but got '01234': write true or false"
    )
    with pytest.raises(InvalidInputError, match=r"--set limits\.timeout: must be a number"):
        convert(specs.read(folder / "command.yml", {}, {"limits.timeout": "soon"}))


def test_numbers_of_a_script_are_numbers_in_lists(folder):
    job = convert(specs.from_file(folder / "s.py", {"a": "5", "b": "0.5", "c": "01", "d": "true"}, {}, code=True))
    assert isinstance(job, CommandJob)
    assert job.inputs == {"a": 5, "b": 0.5, "c": "01", "d": "true"}


def test_set_takes_a_key_away(folder):
    assert convert(specs.read(folder / "command.yml", {}, {"description": "null"})).description is None
    with pytest.raises(InvalidInputError, match="refers to nothing under inputs"):
        convert(specs.read(folder / "command.yml", {}, {"inputs.x": "null"}))


def test_a_reserved_tag_has_a_line(folder):
    (folder / "tagged.yml").write_text("type: command\ncommand: ls\ntags:\n  mlflow.user: me\n")
    with pytest.raises(InvalidInputError, match=r"tagged\.yml:4: tags: 'mlflow\.user' is reserved") as caught:
        validate(specs.read(folder / "tagged.yml", {}, {}), folder)
    assert caught.value.field == "tags.mlflow.user"
