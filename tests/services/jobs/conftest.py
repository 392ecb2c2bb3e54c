# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fixtures for services of jobs."""

from __future__ import annotations

import pytest

from tests.integration import DATABASES


@pytest.fixture(scope="module")
def opened(make_workspace, tmp_path_factory):
    """A workspace without a supervisor, which would end jobs that have no process."""
    with pytest.MonkeyPatch.context() as patch, make_workspace(tmp_path_factory.mktemp("opened")) as workspace:
        patch.setattr(workspace.supervisor, "ensure", lambda: None)
        patch.setattr("jupyter_ml.services.jobs.listing.IMPORT_TIMEOUT_S", 0.0)  # nothing imports runs
        yield workspace


@pytest.fixture(params=DATABASES)
def quiet(request, make_workspace, tmp_path_factory, monkeypatch):
    """A workspace in which nothing is started, so that jobs remain queued."""
    settings = {"database": request.getfixturevalue("postgresql_url")} if request.param == "postgresql" else {}
    with make_workspace(tmp_path_factory.mktemp("workspace"), **settings) as made:
        monkeypatch.setattr(type(made.supervisor), "ensure", lambda self: None)
        monkeypatch.setattr("jupyter_ml.services.jobs.listing.IMPORT_TIMEOUT_S", 0.0)  # nothing imports runs
        monkeypatch.chdir(made.folder.parent)  # which is in no git repository
        yield made
