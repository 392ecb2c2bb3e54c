# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The magic that lists a kind of versioned asset that is only declared."""

from __future__ import annotations

from types import SimpleNamespace

from jupyter_ml.magics.ml import _list_command
from jupyter_ml.services.assets import AssetService
from tests.kinds import PAPER, paper_store


def test_assets_or_the_versions_of_one_are_listed(workspace):
    context = workspace._context
    service = AssetService(context, PAPER, paper_store(context.store))
    for name in ("a", "b", "a"):
        service.create({"name": name})
    command = _list_command(PAPER.name)

    def rows(*arguments):
        options = command.parser.parse_args([*arguments])
        return command.call(SimpleNamespace(resources={"paper": service}), options).rows()

    assert rows("--sort", "name", "--ascending") == [["a", "2"], ["b", "1"]]
    assert rows("--name", "a", "--limit", "1") == [["a", "2"]]
    assert rows("--name", "a") == [["a", "2"], ["a", "1"]]
