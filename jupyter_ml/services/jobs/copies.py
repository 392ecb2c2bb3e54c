# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy files of a job to a directory of the user's."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from jupyter_ml.errors import JupyterMLError, NotFoundError, reason
from jupyter_ml.services.jobs.archives import MISSING, missing_text

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.services.jobs.file_tree import FileTree, TreeEntry

__all__ = ["copy_files"]


def copy_files(tree: FileTree, path: str, target: Path) -> None:
    """Copy the files in a directory and below to a new directory; what cannot be read is listed in a file there.

    Raises
    ------
    NotFoundError
        If nothing is there that could be copied, with the reason.
    """
    missing, is_empty = [], True
    for each in tree.walk(path):
        is_empty = False
        try:
            _copy(tree, each, target / (each.path[len(path) + 1 :] if path else each.path))
        except (OSError, JupyterMLError) as error:
            missing.append(f"{each.path}: {reason(error)}")
    if is_empty and tree.problems:
        raise NotFoundError("; ".join(tree.problems))
    if text := missing_text([*tree.problems, *missing]):
        (target / MISSING).write_text(text, encoding="utf-8")


def _copy(tree: FileTree, each: TreeEntry, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tree.open(each.path) as source, target.open("xb") as copy:
        shutil.copyfileobj(source, copy, 1024**2)
    if each.entry.modified is not None:
        os.utime(target, (each.entry.modified, each.entry.modified))
