# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fixtures for services of jobs."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def opened(make_workspace, tmp_path_factory):
    """A workspace without a supervisor, which would end jobs that have no process."""
    with pytest.MonkeyPatch.context() as patch, make_workspace(tmp_path_factory.mktemp("opened")) as workspace:
        patch.setattr(workspace.supervisor, "ensure", lambda: None)
        yield workspace
