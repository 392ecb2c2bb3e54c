# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy directories as tar archives: ``python -c TEXT pack|unpack|add|check|remove PATH ...``.

The text of this file is such a program on machines where Jupyter ML is not installed, as that of the agent is: it uses
the standard library only, and runs with Python 3.9 or newer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["pack"]

LEFT_S = 24 * 3600.0
"""After which a temporary directory is taken for that of a process that was killed."""
SOCKETS, SOCKETS_PREFIX = ("sockets", "services"), "jupyter-ml-"
"""Links of the directory of an attempt to directories of sockets; beginning of the names of these."""
UNUSED_S = 30 * 24 * 3600.0
"""After which a directory that was added is removed when another one is, unless programs of this machine use it."""


def pack(path: Path, archive: Any, *, but: Collection[str] = ()) -> None:
    """Write a file, or what is in a directory, into an archive.

    Parameters
    ----------
    path
        The file or directory; nothing is written where there is none. What is removed meanwhile is left out.
    archive
        What to write to; it need not be seekable.
    but
        Names of entries of the directory to leave out.
    """
    with tarfile.open(fileobj=archive, mode="w|") as tar:
        if path.is_file():
            tar.add(path, path.name, filter=_without_owner)
        for entry in sorted(path.iterdir()) if path.is_dir() else ():
            if entry.name not in but:
                with suppress(FileNotFoundError):
                    tar.add(entry, entry.name, filter=_without_owner)


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Let a member of an archive belong to who extracts it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def unpack(target: Path, archive: Any, *, file: bool) -> None:
    """Put what a client has packed in place of a file or of a directory and all that is in it."""
    with _extracted(target, archive) as new:
        if file:
            (new / target.name).replace(target)
            return
        old = new.with_name(f"{new.name}-old")
        if target.exists():
            target.rename(old)
        new.rename(target)
        remove(old)


def remove(target: Path) -> None:
    """Remove a directory, and the directories of sockets to which an executor that was killed has left links in it."""
    for name in SOCKETS:
        with suppress(OSError):
            sockets = (target / name).readlink()
            if sockets.name.startswith(SOCKETS_PREFIX):
                shutil.rmtree(sockets)
    shutil.rmtree(target, ignore_errors=True)


def add(target: Path, archive: Any, *, check: Sequence[str] = ()) -> None:
    """Extract a directory whose content is always the same, unless another process has done it meanwhile.

    Parameters
    ----------
    target, archive
        The directory, and what a client has packed.
    check
        A program and its arguments that have to succeed in the new directory.
    """
    with _extracted(target, archive) as new:
        require_success(new, check)
        try:
            new.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    use(target)
    remove_unused(target.parent)


def use(target: Path) -> None:
    """Mark a directory that was added as used now."""
    os.utime(target)


def remove_unused(parent: Path) -> None:
    """Remove the directories that were added and have not been used for long."""
    for folder in parent.iterdir():
        with suppress(OSError):  # another process removes it
            if folder.is_dir() and folder.stat().st_mtime < time.time() - UNUSED_S and not _runs_from(folder):
                removed = Path(tempfile.mkdtemp(prefix=".new-", dir=parent), folder.name)
                folder.rename(removed)  # at once, so that no program gets a part of it
                shutil.rmtree(removed.parent, ignore_errors=True)


def _runs_from(folder: Path) -> bool:
    """Return whether a program of this machine was started from a directory, or where that cannot be known."""
    wanted = os.fsencode(folder)
    processes = list(Path("/proc").glob("[0-9]*"))
    for process in processes:
        with suppress(OSError):  # it has ended, or is another user's
            if wanted in (process / "cmdline").read_bytes() or wanted in (process / "environ").read_bytes():
                return True
    return not processes


def require_success(folder: Path, program: Sequence[str]) -> None:
    """Run a program in a directory, and exit with what it has printed where it fails."""
    if program:
        done = subprocess.run(program, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            sys.exit(done.stdout.decode(errors="replace").strip() or f"exit code {done.returncode}")


@contextmanager
def _extracted(target: Path, archive: Any) -> Iterator[Path]:
    """Yield a directory beside the target with what is in an archive."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(".new-*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - LEFT_S:
                shutil.rmtree(left)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        with tarfile.open(fileobj=archive, mode="r|*") as tar:
            trusted: Any = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
            tar.extractall(new, **trusted)  # noqa: S202 -- it comes from the client, which may do anything here
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def main(command: str, path: str, *rest: str) -> None:
    """Run one of the commands."""
    if command == "pack":
        pack(Path(path), sys.stdout.buffer, but=rest)
    elif command == "unpack":
        unpack(Path(path), sys.stdin.buffer, file=rest == ("file",))
    elif command == "add":
        add(Path(path), sys.stdin.buffer, check=rest)
    elif command == "check":
        require_success(Path(path), rest)
        use(Path(path))
    else:
        remove(Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
