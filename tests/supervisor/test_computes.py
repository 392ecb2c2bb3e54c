# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes are created from their rows, once for each configuration."""

from __future__ import annotations

import pytest

from jupyter_ml.schemas.computes import ComputeUpdate
from jupyter_ml.supervisor.computes import Computes
from jupyter_ml.supervisor.threads import Threads


@pytest.fixture
def computes(make_workspace, tmp_path):
    with make_workspace(tmp_path, local={"max_concurrent": 3}) as workspace:
        threads = Threads()
        yield Computes(workspace._context, threads), workspace._context.store.computes.get("local")
        threads.close()


def test_a_compute_is_created_again_only_when_its_type_or_settings_change(computes, monkeypatch):
    monkeypatch.setattr("jupyter_ml.compute.local.LocalCompute.Settings", ComputeUpdate)  # any that it has none of
    known, local = computes
    more = local.model_copy(update={"slots": 7})
    assert known.create(local) is known.create(more)
    assert (known.slots(local), known.slots(more)) == (3, 7)
    assert known.create(local.model_copy(update={"settings": {"slots": 1}})) is not known.create(local)
