# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List and open the files of jobs, and send many of them as one."""

from __future__ import annotations

import mimetypes
import os
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from pydantic import ValidationError

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.files import JobFile, JobFiles, OutsideFiles
from jupyter_ml.schemas.queries import FileQuery
from jupyter_ml.services.jobs.archives import zip_chunks
from jupyter_ml.services.jobs.attempts import attempt_folder
from jupyter_ml.services.jobs.file_table import FileTable
from jupyter_ml.services.jobs.mounts import file_tree
from jupyter_ml.storage import nofollow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.file_tree import FileTree, TreeEntry
    from jupyter_ml.services.jobs.results import JobResults

__all__ = ["FileService", "list_tree"]

MAX_LIST_BYTES = 4 * 1024**2

OUTPUTS = "outputs"
"""The directory that each job has while it runs: a client that shows it may ask once more when an empty one is gone."""


class FileService:
    """The files of the jobs of a workspace: those of the last attempt, and what MLflow has of the run.

    A running job may write anything there at any time: links are never followed, and only regular files are opened.
    """

    def __init__(self, context: WorkspaceContext, jobs: JobResults) -> None:
        self._context, self._jobs = context, jobs

    def list(self, name: str, query: FileQuery | None = None) -> JobFiles:
        """Return a page of the files of a job; none if it has not started yet.

        Raises
        ------
        NotFoundError
            If the query names a file or directory that does not exist.
        """
        query = query or FileQuery()
        job = self._jobs.get(name)
        tree = file_tree(self._context, job)
        if query.path.strip("/") == OUTPUTS and tree.find(OUTPUTS) is None:
            return JobFiles(items=[], truncated=False, problems=tree.problems)
        items, truncated = list_tree(tree, query, f"job {name!r}", f"runs:/{job.run_id}")
        return JobFiles(
            items=items,
            truncated=truncated,
            outside=None if query.path else _outside(attempt_folder(self._context.layout, job)),
            problems=tree.problems,
        )

    def table(self, name: str, query: FileQuery | None = None) -> FileTable:
        """Return a page of the files of a job as a sequence that is displayed as a table."""
        return FileTable(self.list(name, query))

    def open(self, name: str, path: str) -> BinaryIO:
        """Open the file with the `path` that `list` returns; NotFoundError if it does not exist."""
        try:
            return file_tree(self._context, self._jobs.get(name)).open(path)
        except NotFoundError as error:
            raise NotFoundError(f"job {name!r} has no file {path!r}") from error

    def archive(self, name: str, path: str = "") -> Iterator[bytes]:
        """Return a directory, or all files, as a ZIP archive that is created while it is read; see `zip_chunks`."""
        tree, path = file_tree(self._context, self._jobs.get(name)), path.strip("/")
        if path and not _existing(tree, path, f"job {name!r}").entry.is_folder:
            raise NotFoundError(f"{path!r} of job {name!r} is not a directory; a file is downloaded as it is")
        return zip_chunks(tree, path)


def list_tree(tree: FileTree, query: FileQuery, owner: str, uri: str) -> tuple[list[JobFile], bool]:
    """Return a page of the files of a tree, and whether there are more.

    Parameters
    ----------
    tree, query
        The files, and which of them.
    owner
        What has them, for messages.
    uri
        MLflow's address of the top of the tree.
    """
    found = list(islice(_matches(tree, query, owner), query.offset, query.offset + query.limit + 1))
    return [_describe(each, uri) for each in found[: query.limit]], len(found) > query.limit


def _existing(tree: FileTree, path: str, owner: str) -> TreeEntry:
    found = tree.find(path)
    if found is None:
        raise NotFoundError("; ".join([f"{owner} has no file {path!r}", *tree.problems]))
    return found


def _matches(tree: FileTree, query: FileQuery, owner: str) -> Iterator[TreeEntry]:
    path = query.path.strip("/")
    if path and not (found := _existing(tree, path, owner)).entry.is_folder:
        return iter([found])
    return tree.walk(path) if query.recursive else iter(tree.entries(path))


def _outside(folder: AttemptFolder) -> OutsideFiles | None:
    try:
        with nofollow.open_file(folder.path, folder.outside.name) as file:
            return OutsideFiles.model_validate_json(file.read(MAX_LIST_BYTES))
    except (OSError, ValidationError):
        return None


def _describe(each: TreeEntry, uri: str) -> JobFile:
    path = os.fsencode(each.path).decode(errors="replace")
    folder, modified = each.entry.is_folder, each.entry.modified
    return JobFile(
        path=path,
        directory=folder,
        size_bytes=each.entry.size,
        modified_at=None if modified is None else datetime.fromtimestamp(modified, UTC),
        media_type="inode/directory" if folder else mimetypes.guess_type(path)[0] or "application/octet-stream",
        uri=f"{uri}/{path}" if each.is_artifact else None,
    )
