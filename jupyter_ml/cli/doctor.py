"""``jupyter ml doctor``."""

from __future__ import annotations

import click

from jupyter_ml.cli.options import common, open_workspace

__all__ = ["doctor"]


@click.command()
@common
def doctor() -> int:
    """Check a workspace: databases, supervisor, requests that fail, jobs that are not in the database.

    The exit code is 1 when something is not well.
    """
    from jupyter_ml.cli.rendering import show_items
    from jupyter_ml.schemas.doctor import Level
    from jupyter_ml.services.doctor import diagnose

    checks = list(diagnose(open_workspace()))
    rows = ([check.level, check.subject, "\n".join(filter(None, [check.message, check.hint]))] for check in checks)
    show_items(checks, ["", "CHECK", "FOUND"], rows, "")
    return int(any(check.level is not Level.OK for check in checks))
