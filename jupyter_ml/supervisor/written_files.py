# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List the files that a job wrote outside of ``outputs/``, and keep them where job or workspace request it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.files import OutsideFile, OutsideFiles
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.storage import nofollow, snapshots
from jupyter_ml.storage.snapshot_contents import readable
from jupyter_ml.storage.written_files import WrittenFile, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyter_ml.redaction.redactor import Redactor
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["keep_files", "named"]

LISTED = 200
COUNTED = 100_000
SHOWN = 5
"""How many names a warning lists."""


@dataclass
class _Sum:
    """What was found so far."""

    redactor: Redactor
    items: list[OutsideFile] = field(default_factory=list)
    count: int = 0
    size_bytes: int = 0
    kept_bytes: int = 0
    lost: list[str] = field(default_factory=list)
    lost_count: int = 0
    lost_bytes: int = 0

    def add(self, file: WrittenFile, *, kept: bool) -> None:
        path = os.fsencode(file.path).decode(errors="replace")
        path = path if kept else self.redactor.text(path)
        self.count += 1
        self.size_bytes += file.size_bytes
        if self.count <= LISTED:
            self.items.append(OutsideFile(path=path, size_bytes=file.size_bytes, new=file.new, kept=kept))
        if kept:
            self.kept_bytes += file.size_bytes
            return
        self.lost_count += 1
        self.lost_bytes += file.size_bytes
        if len(self.lost) < SHOWN:
            self.lost.append(f"{path} ({readable(file.size_bytes)})")


def keep_files(
    workspace: WorkspaceContext, job: Job, folder: AttemptFolder, redactor: Redactor
) -> Iterator[JobWarning]:
    """List what a job wrote beside ``outputs/``, and keep it if that is requested; yield the warnings for its user.

    The names of files that are gone pass `redactor`; those of files that are kept are on the disk anyway.
    """
    assert job.spec is not None
    settings = workspace.settings.files
    keep = settings.keep if job.spec.keep_files is None else job.spec.keep_files
    try:
        original = snapshots.path(workspace.layout.snapshots, job.snapshot) if job.snapshot else None
    except NotFoundError:  # nothing to compare with
        return
    found = _Sum(redactor)
    if nofollow.find(folder.path, folder.stored_files.name):  # the folder's name was taken by the job
        nofollow.remove(folder.path, folder.stored_files.name)
    for each in nofollow.walk(folder.path, folder.stored_files.name):  # kept before a crash
        new = original is None or not (original / each.path).is_file()
        found.add(WrittenFile(each.path, each.status.st_size, new), kept=True)
    for file in _written(folder, original):
        fits = found.kept_bytes + file.size_bytes <= settings.max_bytes
        found.add(file, kept=keep and fits and _moved(folder, file))
        if found.count == COUNTED:
            break
    _write_list(folder, found)
    if found.lost and job.spec.keep_files is not False:
        yield _warning(found, settings.max_bytes if keep else None)


def _written(folder: AttemptFolder, original: Path | None) -> Iterator[WrittenFile]:
    launch = nofollow.find(folder.path, folder.launch.name)  # it is written when the copy of the code is complete
    since_ns = launch.status.st_ctime_ns if launch else 0
    outputs = folder.outputs.relative_to(folder.work).as_posix()
    return written(folder.path, folder.work.name, original, since_ns=since_ns, but=outputs)


def _moved(folder: AttemptFolder, file: WrittenFile) -> bool:
    try:
        nofollow.move(folder.path, f"{folder.work.name}/{file.path}", f"{folder.stored_files.name}/{file.path}")
    except OSError:
        return False
    return True


def _write_list(folder: AttemptFolder, found: _Sum) -> None:
    outside = OutsideFiles(
        items=found.items, count=found.count, size_bytes=found.size_bytes, truncated=found.count == COUNTED
    )
    temporary = folder.outside.with_suffix(".partial")
    temporary.unlink(missing_ok=True)
    temporary.write_text(outside.model_dump_json(), encoding="utf-8")
    temporary.replace(folder.outside)


def _warning(found: _Sum, max_bytes: int | None) -> JobWarning:
    """Return the warning that files are gone: because keeping was not requested, or (`max_bytes`) for their size."""
    files, were = ("file", "was") if found.lost_count == 1 else ("files", "were")
    size = readable(found.lost_bytes)
    what = f"{found.lost_count:,} {files} ({size}) that the job wrote outside of outputs/ {were}"
    names = named(found.lost, found.lost_count)
    if max_bytes is None:
        return JobWarning(
            message=f"{what} not kept: {names}.",
            hint="Write to outputs/, or run the job with keep_files: true (jupyter ml run --keep-files).",
        )
    return JobWarning(
        message=f"{what} not kept, because files.max_bytes is {readable(max_bytes)}: {names}.",
        hint="Raise files.max_bytes in workspace.yml, or write to outputs/, which has no limit.",
    )


def named(names: Sequence[str], count: int) -> str:
    """Return the first names of a list, and how many more there are."""
    more = f" and {count - SHOWN:,} more" if count > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
