# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A store on each kind of database."""

from __future__ import annotations

import pytest

from jupyter_ml.store import Store
from tests.integration import DATABASES


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/workspace/workspace.db"
    return request.getfixturevalue("postgresql_url")


@pytest.fixture
def store(url):
    with Store.open(url) as store:
        yield store
