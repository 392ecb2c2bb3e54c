# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List and open the files of jobs."""

from __future__ import annotations

import mimetypes
import os
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from pydantic import ValidationError

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.files import JobFile, JobFiles, OutsideFiles
from jupyter_ml.storage import nofollow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.jobs.event_logs import EventLogService
    from jupyter_ml.storage.nofollow import Found

__all__ = ["FileService"]

MAX_FILES = 1_000
MAX_LIST_BYTES = 4 * 1024**2


class FileService:
    """The files in the directory of a job's current or last attempt that concern its user.

    A running job may write anything there at any time: links are never followed, and only regular files are opened.
    """

    def __init__(self, event_logs: EventLogService) -> None:
        self._event_logs = event_logs

    def list(self, name: str) -> JobFiles:
        """Return the first 1,000 files; none if the job has not started yet."""
        found = [_describe(*each) for each in islice(self._walk(name), MAX_FILES + 1)]
        outside = _outside(self._folder(name))
        return JobFiles(items=found[:MAX_FILES], truncated=len(found) > MAX_FILES, outside=outside)

    def open(self, name: str, path: str) -> BinaryIO:
        """Open the file with the `path` that `list` returns; NotFoundError if it does not exist."""
        folder = self._folder(name)
        top, slash, rest = path.partition("/")
        place = _places(folder).get(top)
        try:
            if place is not None:
                return nofollow.open_file(folder.path, f"{place}{slash}{rest}")
        except (OSError, ValueError):  # it was deleted, or is not a path
            pass
        raise NotFoundError(f"job {name!r} has no file {path!r}")

    def _folder(self, name: str) -> AttemptFolder:
        return self._event_logs.attempt(name, None)[1]

    def _walk(self, name: str) -> Iterator[tuple[str, Found]]:
        folder = self._folder(name)
        for top, place in _places(folder).items():
            if (file := nofollow.find(folder.path, place)) and file.is_file:
                yield top, file
            yield from ((f"{top}/{each.path}", each) for each in nofollow.walk(folder.path, place) if each.is_file)


def _places(folder: AttemptFolder) -> dict[str, str]:
    """Return the files and directories at the top level by name: stored ones, or growing ones while the job runs."""
    stored = nofollow.is_folder(folder.path, folder.stored_outputs.name)
    outputs = folder.stored_outputs if stored else folder.outputs
    files = (folder.output, folder.std_log, folder.packages, folder.log, outputs, folder.stored_files)
    return {path.name: path.relative_to(folder.path).as_posix() for path in files}


def _outside(folder: AttemptFolder) -> OutsideFiles | None:
    try:
        with nofollow.open_file(folder.path, folder.outside.name) as file:
            return OutsideFiles.model_validate_json(file.read(MAX_LIST_BYTES))
    except (OSError, ValidationError):
        return None


def _describe(path: str, file: Found) -> JobFile:
    path = os.fsencode(path).decode(errors="replace")
    return JobFile(
        path=path,
        size_bytes=file.status.st_size,
        modified_at=datetime.fromtimestamp(file.status.st_mtime, UTC),
        media_type=mimetypes.guess_type(path)[0] or "application/octet-stream",
    )
