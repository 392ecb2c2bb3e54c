# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Encrypted files in one directory, each written atomically and readable by its owner only."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import WorkspaceError
from jupyter_ml.vault.keys import KEY_FILE
from jupyter_ml.vault.private_files import write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cryptography.fernet import MultiFernet

    from jupyter_ml.vault.keys import KeySource

__all__ = ["FORGOTTEN", "EncryptedFiles"]

FORGOTTEN = "given"
"""File that is removed when its key is lost, because only the masking of former secrets depends on it."""


class EncryptedFiles:
    """Files of a directory by name, encrypted with one key; several processes may use them at the same time.

    Parameters
    ----------
    folder
        The directory, which is created on first use.
    keys
        Where the key is.
    """

    def __init__(self, folder: Path, keys: KeySource) -> None:
        self._folder, self._keys = folder, keys

    def write(self, name: str, content: bytes) -> None:
        """Replace a file."""
        with self._unlocked() as fernet:
            write_private(self._folder / name, fernet.encrypt(content))

    def update(self, name: str, change: Callable[[bytes | None], bytes]) -> None:
        """Replace a file by what `change` returns for its content, or for None."""
        file = self._folder / name
        with self._unlocked() as fernet:
            before = _decrypted(fernet.decrypt, file) if file.exists() else None
            write_private(file, fernet.encrypt(change(before)))

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None if there is none."""
        file = self._folder / name
        if not file.exists():
            return None
        with self._unlocked() as fernet:
            try:
                return _decrypted(fernet.decrypt, file)
            except FileNotFoundError:  # removed in the meantime
                return None

    def remove(self, name: str) -> None:
        """Remove a file, if it exists."""
        file = self._folder / name
        if file.exists():
            with self._locked():  # a rotation would write it again
                file.unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of the files, in alphabetical order."""
        return [file.name for file in self._files()]

    def rotate(self) -> None:
        """Encrypt every file with a new key and remove the old ones; it can be interrupted and repeated."""
        with self._unlocked():
            keys = self._keys.begin_rotation()
            fernet = _fernet(keys)
            for file in self._files():
                write_private(file, _decrypted(fernet.rotate, file))
            self._keys.end_rotation(keys)

    @contextmanager
    def _unlocked(self) -> Iterator[MultiFernet]:
        """Yield the cipher, with other processes locked out."""
        with self._locked():
            yield _fernet(self._keys.read() or self._new_keys())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Lock out other threads and processes."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            for unfinished in self._folder.glob(".*"):  # of a process that was killed: it would have the lock
                unfinished.unlink(missing_ok=True)
            yield
        finally:
            os.close(descriptor)

    def _new_keys(self) -> list[bytes]:
        if any(file.name != FORGOTTEN for file in self._files()):
            raise WorkspaceError(
                f"the vault's key is missing ({self._keys.place}): restore it, or remove {self._folder}, submit the "
                "waiting jobs again and set the credentials of the datastores again"
            )
        (self._folder / FORGOTTEN).unlink(missing_ok=True)  # its key is lost
        return self._keys.create()

    def _files(self) -> list[Path]:
        if not self._folder.exists():
            return []
        return sorted(
            file for file in self._folder.iterdir() if file.name != KEY_FILE and not file.name.startswith(".")
        )


def _fernet(keys: list[bytes]) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # heavy: most commands have no secrets

    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise WorkspaceError("the vault's key is damaged: restore the right one") from None


def _decrypted(operation: Callable[[bytes], Any], file: Path) -> bytes:
    from cryptography.fernet import InvalidToken

    try:
        result: bytes = operation(file.read_bytes())
    except InvalidToken:
        raise WorkspaceError(f"{file} is damaged or was encrypted with another key") from None
    return result
