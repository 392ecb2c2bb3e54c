# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that the reference of the command line is complete."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from docs.generate import commands
from jupyter_ml import errors
from jupyter_ml.cli.app import cli
from jupyter_ml.cli.exit_codes import ERRORS, STATES, exit_code
from jupyter_ml.schemas.states import FINAL

COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_its_options_have_help_texts(name):
    command = COMMANDS[name]
    assert command.help
    assert [item.name for item in command.params if isinstance(item, click.Option) and not item.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_shown_without_a_workspace(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, [*name.split()[2:], "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")
    assert list(tmp_path.iterdir()) == []


def test_exit_codes_of_errors_and_of_final_states_are_disjoint():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    codes = {exit_code(kind("message")) for kind in kinds}
    assert codes == set(ERRORS.values())
    assert codes.isdisjoint(STATES.values())


def test_every_final_state_has_an_exit_code():
    assert set(STATES) == set(FINAL)
