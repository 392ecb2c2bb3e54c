# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a refused submission leaves."""

from __future__ import annotations

from jupyter_ml.schemas.queries import JobQuery


def assert_nothing_kept(workspace):
    """Check that a workspace has no job, no directory of one and no secret."""
    assert workspace.jobs.list(JobQuery(archived=None), wait=False).total == 0
    assert not (workspace.folder / "jobs").exists() or not list((workspace.folder / "jobs").iterdir())
    assert not workspace._context.layout.vault.exists() or [
        p.name for p in workspace._context.layout.vault.iterdir()
    ] in ([], ["keys"])
