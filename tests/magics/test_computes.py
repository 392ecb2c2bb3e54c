# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``%ml computes`` and ``%ml compute``."""

from __future__ import annotations

from jupyter_ml.schemas.compute_states import ComputeState


def test_computes_are_listed_and_stopped(shell, workspace, boxes):
    workspace.computes.create({"name": "b", "type": "box"})
    store = workspace._context.store.computes
    store.observe("b", ComputeState.RUNNING, carried_out=store.get("b").request)
    assert "Running" in repr(shell.run_cell("%ml computes").result)
    assert "Stopping" in repr(shell.run_cell("%ml compute stop b").result)


def test_a_refusal_is_one_line(error_line):
    assert "'local' of type 'local' cannot be stopped" in error_line("%ml compute stop local")
