"""Files that jobs leave behind."""

from __future__ import annotations

import mimetypes
import os
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.files import JobFile, JobFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.services.workspace import Workspace

__all__ = ["FileService"]

MAX_FILES = 1_000


class FileService:
    """What lies in the folder of a job's current or last attempt, as far as it concerns its user."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def list(self, name: str) -> JobFiles:
        """Return the first 1,000 files; none where the job has not started yet."""
        found = [_describe(*each) for each in islice(self._walk(name), MAX_FILES + 1)]
        return JobFiles(items=found[:MAX_FILES], truncated=len(found) > MAX_FILES)

    def get(self, name: str, path: str) -> Path:
        """Return where the file lies that `list` calls `path`; NotFoundError where there is none."""
        head, _, rest = path.partition("/")
        place = self._places(name).get(head)
        try:
            if place is not None:
                file = (place / rest).resolve(strict=True)
                if file.is_relative_to(place.resolve()) and file.is_file():
                    return file
        except (OSError, ValueError):  # it is gone, or no path at all
            pass
        raise NotFoundError(f"job {name!r} has no file {path!r}")

    def _places(self, name: str) -> dict[str, Path]:
        """Return the files and folders at the top: what is kept, or what grows while the job runs."""
        _, folder = self._workspace.spools.attempt(name, None)
        outputs = folder.kept_outputs if folder.kept_outputs.exists() else folder.outputs
        files = (folder.output, folder.std_log, folder.packages, folder.log)
        return {path.name: path for path in (*files, outputs)}

    def _walk(self, name: str) -> Iterator[tuple[str, Path]]:
        for top, place in self._places(name).items():
            if place.is_file():
                yield top, place
            for parent, folders, files in os.walk(place):
                folders.sort()
                for file in sorted(files):
                    path = Path(parent, file)
                    if path.is_file() and not path.is_symlink():
                        yield f"{top}/{path.relative_to(place).as_posix()}", path


def _describe(path: str, file: Path) -> JobFile:
    stat = file.stat()
    return JobFile(
        path=path,
        size_bytes=stat.st_size,
        modified_at=datetime.fromtimestamp(stat.st_mtime, UTC),
        media_type=mimetypes.guess_type(path)[0] or "application/octet-stream",
    )
