# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open a regular file in a directory to which a job can write."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["open_regular"]


def open_regular(path: str | Path, *, dir_fd: int | None = None, follow: bool = False) -> BinaryIO:
    """Open a regular file for reading.

    Parameters
    ----------
    path
        Of the file; relative to the directory `dir_fd`, where that is given.
    dir_fd
        Descriptor of a directory.
    follow
        Whether the path may be a link, as it may for files of the user.

    Raises
    ------
    OSError
        Where it cannot be opened: FileNotFoundError also for a link, and for a pipe, a socket or a device, which are
        never waited for.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags, dir_fd=dir_fd)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO):  # a link, a socket
            raise
        raise FileNotFoundError(errno.ENOENT, "not a regular file", str(path)) from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise FileNotFoundError(errno.ENOENT, "not a regular file", str(path))
