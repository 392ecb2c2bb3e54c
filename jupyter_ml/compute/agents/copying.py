# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy directories as tar archives: ``python -c TEXT pack|unpack|add|remove PATH``.

The text of this file is such a program on machines where Jupyter ML is not installed, as that of the agent is: it uses
the standard library only, and runs with Python 3.9 or newer.
"""

from __future__ import annotations

import shutil
import sys
import tarfile
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["pack"]


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
            tar.add(path, path.name)
        for entry in sorted(path.iterdir()) if path.is_dir() else ():
            if entry.name not in but:
                with suppress(FileNotFoundError):
                    tar.add(entry, entry.name)


def unpack(target: Path, archive: Any, *, file: bool) -> None:
    """Put what a client has packed in place of a file or of a directory and all that is in it."""
    with _extracted(target, archive) as new:
        if file:
            (new / target.name).replace(target)
            return
        if target.exists():
            target.rename(new.with_name("old"))
        new.rename(target)


def add(target: Path, archive: Any) -> None:
    """Extract a directory whose content is always the same, unless another process has done it meanwhile."""
    with _extracted(target, archive) as new:
        try:
            new.rename(target)
        except OSError:
            if not target.is_dir():
                raise


@contextmanager
def _extracted(target: Path, archive: Any) -> Iterator[Path]:
    """Yield a directory beside the target with what is in an archive."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        new = folder / "new"
        new.mkdir(mode=0o700)
        with tarfile.open(fileobj=archive, mode="r|*") as tar:
            trusted: Any = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
            tar.extractall(new, **trusted)  # noqa: S202 -- it comes from the client, which may do anything here
        yield new
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: str, path: str, *rest: str) -> None:
    """Run one of the commands."""
    if command == "pack":
        pack(Path(path), sys.stdout.buffer, but=rest)
    elif command == "unpack":
        unpack(Path(path), sys.stdin.buffer, file=rest == ("file",))
    elif command == "add":
        add(Path(path), sys.stdin.buffer)
    else:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
