# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.error import UsageError

from jupyter_ml.magics.options import Parser
from jupyter_ml.schemas.options import JOB_LIST_OPTIONS, JOB_OPTIONS, code, job_spec, list_query


def parse(options, line):
    parser = Parser("%ml word", "")
    parser.add_options(options)
    return vars(parser.parse_args(line.split()))


def test_options_become_keys_of_a_job_spec():
    line = "--name a -p x=1 --tag team=b --env K=v=w --env MINE --secret S --kernel python3"
    line += " --timeout 5 --retries 0 --no-code --no-keep-files"
    values = parse(JOB_OPTIONS, line)
    assert job_spec(values) == {
        "name": "a",
        "tags": {"team": "b"},
        "environment_variables": {"K": "v=w"},
        "pass_environment": ["MINE"],
        "secrets": ["S"],
        "kernel_name": "python3",
        "limits": {"timeout": 5.0},
        "retries": 0,
        "keep_files": False,
    }
    assert values["parameters"] == ["x=1"]
    assert code(values) is False
    assert job_spec(parse(JOB_OPTIONS, "")) == {}
    assert code(parse(JOB_OPTIONS, "")) is True


def test_options_become_a_list_query():
    query = list_query(
        parse(JOB_LIST_OPTIONS, "is:failed alpha>1 --state Failed --state Canceled --ascending --limit 5")
    )
    assert query["filter"] == "is:failed alpha>1"
    assert query["states"] == ["Failed", "Canceled"]
    assert (query["descending"], query["limit"], query["sort"]) == (False, 5, "created_at")


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
        parse(JOB_OPTIONS, line)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_guide_contains_every_option():
    guide = Path(__file__).parents[2].joinpath("docs", "users", "magics.md").read_text()
    for option in (*JOB_OPTIONS, *JOB_LIST_OPTIONS):
        assert f"`{option.flags[0]}" in guide, option
