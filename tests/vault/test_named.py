# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes read secrets of the vault by their names, in other processes and at the moment in which they need them."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.services.computes import open_compute
from jupyter_ml.vault.named import secret_reader


def test_a_compute_reads_a_secret_that_is_stored_or_changed_later(workspace):
    context = workspace._context
    compute = open_compute(context, workspace.computes.get("local"))
    elsewhere = secret_reader(context.layout.folder, context.layout.vault, context.settings.vault)
    assert (compute.read_secret("lab"), elsewhere("lab")) == (None, None)
    for value in ("first-value", "second-value"):
        workspace.vault.set("lab", value)
        assert (compute.read_secret("lab"), elsewhere("lab")) == (value, value)
    with pytest.raises(InvalidInputError, match="cannot name a secret"):
        elsewhere("../lab")
