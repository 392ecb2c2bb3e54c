# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Store the outputs of an attempt, list what it wrote elsewhere, and remove its copy of the code."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.storage import nofollow
from jupyter_ml.supervisor.written_files import keep_files, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.storage.nofollow import Found

__all__ = ["collect_nodes", "store_results"]

ABOVE = "above"
"""Directory for what was written to ``..``."""
_KINDS = {stat.S_IFLNK: "link", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}


def store_results(workspace: WorkspaceContext, job: Job, folder: AttemptFolder) -> None:
    """Store what a job wrote to ``outputs/`` and remove its copy of the code; safe to do again after a crash."""
    if not job.supervised:
        return
    gone = folder.work.with_suffix(".gone")
    if nofollow.is_folder(folder.path, folder.work.name):  # else this was done before a crash
        _take_in(folder)
        redactor = Redactor(workspace.job_secrets.given())  # a name can be a secret
        warnings = [*_keep_outputs(folder), *keep_files(workspace, job, folder, redactor)]
        redacted = [JobWarning.model_validate(redactor.value(warning.model_dump())) for warning in warnings]
        if redacted:
            workspace.store.jobs.add_warnings(job.name, redacted)
        shutil.rmtree(gone, ignore_errors=True)
        folder.work.rename(gone)  # in one step: what is half removed must not be listed again
    with suppress(RecursionError):  # a tree that is deeper than Python's stack
        shutil.rmtree(gone, ignore_errors=True)
        for temporary in (folder.overlay, folder.inputs):
            shutil.rmtree(temporary, ignore_errors=True)


def collect_nodes(folder: AttemptFolder) -> None:
    """Move what the programs on further nodes wrote beside that of the first one, where the names are free."""
    root = folder.path
    for node in folder.further_nodes():
        for written, kept in ((node.process_logs, folder.process_logs), (node.outputs, folder.outputs)):
            source, target = (each.relative_to(root).as_posix() for each in (written, kept))
            for file in [found.path for found in nofollow.walk(root, source) if found.is_file]:
                with suppress(OSError):
                    if nofollow.find(root, f"{target}/{file}") is None:
                        nofollow.move(root, f"{source}/{file}", f"{target}/{file}")
        for temporary in (node.work, node.overlay, node.inputs):
            shutil.rmtree(temporary, ignore_errors=True)


def _take_in(folder: AttemptFolder) -> None:
    """Move what the job wrote above its working folder into that, where it is listed with the rest."""
    root, outputs = folder.path, folder.outputs.relative_to(folder.path).as_posix()
    taken = folder.stored_outputs.name if nofollow.is_folder(root, outputs) else None  # it is not ours yet
    for name in sorted(path.name for path in root.iterdir()):
        found = nofollow.find(root, name)
        if (name == taken or not folder.owns(name)) and (found is None or found.is_file):
            with suppress(OSError):
                nofollow.move(root, name, f"{folder.work.name}/{ABOVE}/{name}")


def _keep_outputs(folder: AttemptFolder) -> Iterator[JobWarning]:
    root, outputs, kept = folder.path, folder.outputs, folder.stored_outputs
    written = outputs.relative_to(root).as_posix()
    if (found := nofollow.find(root, written)) and stat.S_ISLNK(found.status.st_mode):
        yield JobWarning(
            message=f"Nothing in outputs/ was kept: it is a link to {outputs.readlink()}, and links are not followed.",
            hint="Write to the folder outputs/ itself, or keep the data where it is and log its path.",
        )
    if nofollow.find(root, kept.name):  # the job has used that name
        nofollow.remove(root, kept.name)
    if nofollow.is_folder(root, written) and any(outputs.iterdir()) and not nofollow.is_folder(root, kept.name):
        nofollow.move(root, written, kept.name)
    left_out = _remove_links(root, kept.name)
    if left_out:
        yield JobWarning(
            message=f"Left out of outputs/, because only regular files are kept: {named(left_out, len(left_out))}.",
            hint="Copy what a link leads to into outputs/.",
        )


def _remove_links(root: Path, kept: str) -> list[str]:
    """Make links to files of the same folder hard links, remove all else that is no regular file, and return that."""
    others = [found for found in nofollow.walk(root, kept) if not found.is_file]
    targets = [_file_inside(root / kept, found) for found in others]
    left_out = []
    for found, target in zip(others, targets, strict=True):
        path = f"{kept}/{found.path}"
        if target is not None:
            with suppress(OSError):  # a file system without hard links
                nofollow.hard_link(root, f"{kept}/{target}", path)
                continue
        left_out.append(_described(root / kept, found))
        nofollow.remove(root, path)
    return left_out


def _file_inside(folder: Path, found: Found) -> str | None:
    """Return the regular file of `folder` that a link leads to, relative to it."""
    real = os.path.realpath(folder / found.path)
    path = os.path.relpath(real, os.path.realpath(folder))
    target = None if path.startswith("..") else nofollow.find(folder, path)
    return path if target is not None and target.is_file else None


def _described(folder: Path, found: Found) -> str:
    kind = _KINDS.get(stat.S_IFMT(found.status.st_mode), "device")
    path = folder / found.path
    return f"{found.path} ({kind} to {path.readlink()})" if kind == "link" else f"{found.path} ({kind})"
