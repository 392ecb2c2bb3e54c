# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Secrets are masked in everything that an attempt writes."""

from __future__ import annotations

import base64
import os
import subprocess
import sys

import pytest

from jupyter_ml.redaction.redactor import MASK
from tests.executor.attempts import kernel
from tests.workspaces import files_with


def test_secrets_are_masked_in_every_file(attempt) -> None:
    value = "tok-5f2c/9+e7"
    run = attempt(
        "import os, sys, time, base64\nt = os.environ['TOKEN']\nprint(t[:5], end='', flush=True)\ntime.sleep(0.3)\n"
        "print(t[5:], flush=True)\nprint(repr([t]), file=sys.stderr)\nprint(base64.b64encode(b'user:' + t.encode()))",
        "display({'text/plain': t, 'application/json': {t: [t]}}, raw=True)\nt",
        f"x = {value!r}\nos.write(2, t.encode())\nraise ValueError(t)",
        secrets=["TOKEN"],
    )
    assert run.run(TOKEN=value) == 1
    encoded = base64.b64encode(f"user:{value}".encode()).decode()
    for file in run.folder.path.iterdir():
        if file.is_file():
            content = file.read_text()
            assert value not in content, file
            assert encoded not in content, file
    assert run.cells[0]["outputs"][0]["text"].startswith("***\n")
    assert run.cause.value == MASK
    assert MASK in run.cause.cell_source


def test_secrets_are_masked_in_the_hint(attempt, tmp_path) -> None:
    run = attempt("import os\nopen('/nowhere/' + os.environ['TOKEN'])", secrets=["TOKEN"], source=str(tmp_path))
    assert run.run(TOKEN="tok-5f2c9+e7") == 1
    assert run.cause.hint == f"/nowhere/{MASK} does not exist on this machine."


def test_secrets_of_a_command_are_masked(attempt) -> None:
    run = attempt(
        command='printf %s "${TOKEN:0:4}"; sleep 0.3; echo "${TOKEN:4}"; echo "$TOKEN" >&2', secrets=["TOKEN"]
    )
    assert run.run(TOKEN="abcdefgh") == 0
    assert run.folder.std_log.read_text() == "***\n***\n"
    assert "abcdefgh" not in run.folder.event_log.read_text()


HALVES = """
import os, time
value = os.environb[b"TOKEN"]
for half in (value[:6], value[6:]):
    os.write(2, half)
    time.sleep(0.3)
"""


def test_secrets_are_masked_in_what_the_process_of_a_kernel_prints_in_pieces(attempt, tmp_path) -> None:
    kernel(tmp_path, "halves", [sys.executable, "-c", HALVES])
    run = attempt("1", kernel_name="halves", secrets=["TOKEN"])
    assert run.run(JUPYTER_PATH=str(tmp_path), TOKEN="tok-€5f2c9+e7") == 1  # the first piece ends within a letter
    assert run.cause.kind == "startup"
    assert run.folder.log.read_text().startswith(MASK)
    assert files_with(run.folder.path, "tok-", "5f2c9") == []


BREAK = """
import sys
import jupyter_ml.executor.{module} as broken
from jupyter_ml.executor.__main__ import main

def fail(*_, **__):
    raise ValueError("connection to user:correct%20horse@host, that is " + repr("correct horse"))

broken.{name} = fail
sys.exit(main([{folder!r}]))
"""


@pytest.mark.parametrize(("module", "name"), [("job", "run_command"), ("attempt", "write_output")])
def test_an_error_of_the_executor_itself_is_logged_without_secrets(attempt, module, name):
    run = attempt(command="true", secrets=["TOKEN"])
    code = BREAK.format(module=module, name=name, folder=str(run.folder.path))
    environment = {**os.environ, "TOKEN": "correct horse"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "ValueError: connection to user:***@host, that is '***'" in done.stderr
    assert "Traceback" in done.stderr
    assert "horse" not in done.stderr + run.folder.event_log.read_text()
