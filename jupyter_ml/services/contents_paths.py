# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Paths that come over the network: they are contents paths, and stay below the folder that the server shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.specs import CommandJob, DataInput, NotebookJob

__all__ = ["confine", "inside", "relative", "relative_in_text"]


def inside(root: Path, path: str, field: str) -> Path:
    """Return where the contents path `path` lies.

    Raises
    ------
    InvalidInputError
        Naming `field`, where that is not below `root`, by ``..`` or by a link.
    """
    try:
        full = (root / path.strip("/")).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInputError(f"{field}: {path!r} is no path", field=field) from error
    if not full.is_relative_to(root.resolve()):
        raise InvalidInputError(f"{field}: {path!r} lies outside of the folder that this server shows", field=field)
    return full


def relative(root: Path, path: str) -> str:
    """Return the contents path of what lies at `path`; the path itself where that is not below `root`."""
    full = Path(path)
    return full.relative_to(root.resolve()).as_posix() if full.is_relative_to(root.resolve()) else path


def relative_in_text(root: Path, text: str) -> str:
    """Return a text for who sees the contents only: paths below `root` become contents paths, `root` itself ``/``."""
    for folder in {str(root.resolve()), str(root)} - {"/"}:
        whole = rf"(?<![\w.-]){re.escape(folder)}(?![\w.-])"
        text = re.sub(rf"{whole}/(?=[\w.-])", "", text)
        text = re.sub(f"{whole}/?", "/", text)
    return text


def confine(job: NotebookJob | CommandJob, root: Path) -> NotebookJob | CommandJob:
    """Return the job with its contents paths made absolute."""
    changes: dict[str, Any] = {}
    if job.code is not None:
        changes["code"] = str(inside(root, job.code, "code"))
    if isinstance(job, NotebookJob):
        changes["notebook"] = str(inside(root, job.notebook, "notebook"))
    changes["inputs"] = {
        name: value.model_copy(update={"path": str(inside(root, value.path, f"inputs.{name}.path"))})
        if isinstance(value, DataInput)
        else value
        for name, value in job.inputs.items()
    }
    return job.model_copy(update=changes)
