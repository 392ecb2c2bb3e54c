# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml doctor``."""

from __future__ import annotations

import click

from jupyter_ml.cli.options import common, open_workspace

__all__ = ["doctor"]


@click.command()
@common
def doctor() -> int:
    """Check a workspace: databases, supervisor, failing requests, jobs that are missing from the database.

    The exit code is 1 when a check finds a problem.
    """
    from rich.text import Text

    from jupyter_ml.cli.rendering import render_list
    from jupyter_ml.schemas.doctor import Level
    from jupyter_ml.schemas.escaping import visible

    checks = list(open_workspace().diagnose())
    results = (Text("\n".join(visible(text) for text in (check.message, check.hint) if text)) for check in checks)
    rows = ([check.level, check.subject, text] for check, text in zip(checks, results, strict=True))
    render_list(checks, ["", "check", "result"], rows, "")
    return int(any(check.level is not Level.OK for check in checks))
