# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from pathlib import Path

import click
import pytest
from IPython.core.error import UsageError

from jupyter_ml.cli.app import cli
from jupyter_ml.magics.options import Parser, add_job_options, add_list_options, assignments, job_settings

TERMINAL_ONLY = {"--detach", "-d", "--workspace", "--output", "-o"}


def names(parser: Parser) -> set[str]:
    return {name for argument in parser.arguments for name in argument.option_strings}


def options_of(command: click.Command) -> set[str]:
    return {
        name for item in command.params if isinstance(item, click.Option) for name in (*item.opts, *item.secondary_opts)
    }


def parser(add) -> Parser:
    created = Parser("%ml word", "")
    add(created)
    return created


def test_magics_and_command_line_have_the_same_options():
    assert names(parser(add_job_options)) == options_of(cli.commands["run"]) - TERMINAL_ONLY
    listing = cli.commands["job"].commands["list"]
    assert names(parser(add_list_options)) == options_of(listing) - TERMINAL_ONLY


def test_options_become_keys_of_a_job_spec():
    line = "--name a -p x=1 --tag team=b --env K=v=w --env MINE --secret S --kernel python3"
    line += " --timeout 5 --retries 0 --no-code"
    options = parser(add_job_options).parse_args(line.split())
    assert job_settings(options) == {
        "name": "a",
        "tags": {"team": "b"},
        "environment_variables": {"K": "v=w"},
        "pass_environment": ["MINE"],
        "secrets": ["S"],
        "kernel_name": "python3",
        "limits": {"timeout": 5.0},
        "retries": 0,
    }
    assert options.parameters == ["x=1"]
    assert options.code is False
    assert job_settings(parser(add_job_options).parse_args([])) == {}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--nam a", "unrecognized arguments: --nam a; see %ml help word"),
        ("--retries many", "invalid int value: 'many'"),
        ("--priority urgent", "invalid choice: 'urgent'"),
        ("--name", "expected one argument"),
    ],
)
def test_an_error_of_an_option_is_one_line(line, message):
    with pytest.raises(UsageError) as raised:
        parser(add_job_options).parse_args(line.split())
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("texts", "message"), [(["x"], "'x' is not NAME=VALUE"), (["x=1", "x=2"], "'x' is given twice")]
)
def test_invalid_assignments_are_refused(texts, message):
    with pytest.raises(UsageError, match=message):
        assignments(texts)


def test_the_guide_contains_every_option():
    guide = Path(__file__).parents[2].joinpath("docs", "users", "magics.md").read_text()
    for name in names(parser(add_job_options)) | names(parser(add_list_options)):
        assert f"`{name}" in guide, name
