# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``%ml computes`` and ``%ml compute``."""

from __future__ import annotations

import pytest

from jupyter_ml.schemas.compute_states import ComputeState


def test_computes_are_listed_and_stopped(shell, workspace, boxes):
    workspace.computes.create({"name": "b", "type": "box"})
    store = workspace._context.store.computes
    store.observe("b", ComputeState.RUNNING, carried_out=store.get("b").request)
    assert "Running" in repr(shell.run_cell("%ml computes").result)
    assert "Stopping" in repr(shell.run_cell("%ml compute stop b").result)


def test_a_compute_is_shown_with_its_usage_and_log(shell, workspace, boxes, capsys):
    workspace.computes.create({"name": "b", "type": "box", "settings": {"size": 2}})
    store = workspace._context.store.computes
    store.observe("b", ComputeState.RUNNING, carried_out=store.get("b").request)
    assert [each.name for each in shell.run_cell("%ml compute list").result] == ["b", "local"]
    for line, expected in (
        ("show b", "state: Running\n"),
        ("show b", "size: 2\n"),
        ("usage b", "processors, "),
        ("usage b --hours 1", "b: not measured in that time\n"),
        ("logs b", "line 1000\n"),
    ):
        assert shell.run_cell(f"%ml compute {line}").result is None
        assert expected in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("stop local", "'local' of type 'local' cannot be stopped"),
        ("show", "%ml compute show: needs the NAME of a compute"),
        ("list local", "%ml compute list: takes no NAME"),
        ("show moon", "there is no compute 'moon'"),
        ("stop local --hours 1", "--hours is for usage"),
        ("usage local --hours nan", "hours: must be from 0.02 to 720 (got nan)"),
        ("pause local", "invalid choice: 'pause'"),
    ],
)
def test_a_refusal_is_one_line(error_line, line, message):
    assert message in error_line(f"%ml compute {line}")
