# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from pathlib import Path

import click
import pytest
from IPython.core.error import UsageError

from jupyter_ml.cli.app import cli
from jupyter_ml.magics.options import Parser, add_job_options, add_list_options, assignments, job_settings

ELSEWHERE = {"--detach", "-d", "--workspace", "--output", "-o"}
"""Options that make sense in a terminal only."""


def names(parser: Parser) -> set[str]:
    return {name for argument in parser.arguments for name in argument.option_strings}


def options_of(command: click.Command) -> set[str]:
    return {
        name for item in command.params if isinstance(item, click.Option) for name in (*item.opts, *item.secondary_opts)
    }


def parser(add) -> Parser:
    made = Parser("%ml word", "")
    add(made)
    return made


def test_notebook_and_terminal_have_the_same_options():
    assert names(parser(add_job_options)) == options_of(cli.commands["run"]) - ELSEWHERE
    listing = cli.commands["job"].commands["list"]
    assert names(parser(add_list_options)) == options_of(listing) - ELSEWHERE


def test_options_become_keys_of_a_job():
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
def test_what_is_wrong_is_said_in_one_line(line, message):
    with pytest.raises(UsageError) as raised:
        parser(add_job_options).parse_args(line.split())
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("texts", "message"), [(["x"], "'x' is not NAME=VALUE"), (["x=1", "x=2"], "'x' is given twice")]
)
def test_assignments_are_checked(texts, message):
    with pytest.raises(UsageError, match=message):
        assignments(texts)


def test_the_guide_names_every_word_and_option():
    guide = Path(__file__).parents[2].joinpath("docs", "users", "magics.md").read_text()
    for name in names(parser(add_job_options)) | names(parser(add_list_options)):
        assert f"`{name}" in guide, name
