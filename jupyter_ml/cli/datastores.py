# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml datastore``."""

from __future__ import annotations

import click

from jupyter_ml.cli.options import common, open_workspace
from jupyter_ml.cli.resources import resource_group
from jupyter_ml.schemas.names import DATASTORE

__all__ = ["datastore"]

datastore = resource_group(DATASTORE)


@datastore.command()
@click.argument("name")
@common
def test(name: str) -> None:
    """Test whether a datastore can be read and written."""
    from jupyter_ml.cli.rendering import echo_result

    result = open_workspace().datastores.test(name)
    echo_result(result, f"{name}: readable, {'writable' if result.writable else 'not writable'} ({result.path})")
