# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Where the key of the embedded vault is: a file, an environment variable or the keyring of the desktop."""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from jupyter_ml.errors import UnavailableError, WorkspaceError
from jupyter_ml.vault.private_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KEY_FILE", "KEY_VARIABLE", "EnvironmentKey", "FileKey", "KeySource", "KeyringKey", "key_source"]

KEY_FILE = "keys"
"""Name of the key file in the directory of the vault."""
KEY_VARIABLE = "JUPYTER_ML_VAULT_KEY"
"""Environment variable with the key; an older one may follow after a comma until ``vault rotate``."""


class KeySource(Protocol):
    """Where keys are; the first one encrypts, and all of them decrypt."""

    place: str
    """Where the key is, for messages."""

    def read(self) -> list[bytes]:
        """Return the keys; none before `create`."""

    def create(self) -> list[bytes]:
        """Store the first key, and return it."""

    def begin_rotation(self) -> list[bytes]:
        """Store a new key before the others, and return all."""

    def end_rotation(self, keys: list[bytes]) -> None:
        """Store only the first of `keys`, when nothing is encrypted with the others any more."""


class FileKey:
    """Keys in a file, one a line, that only its owner can read."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / KEY_FILE
        self.place = str(self._path)

    def read(self) -> list[bytes]:
        """Return the keys; WorkspaceError if others can read them."""
        if not self._path.exists():
            return []
        if stat.S_IMODE(self._path.stat().st_mode) & 0o077:
            raise WorkspaceError(f"others can read the vault's key: run chmod 600 {self._path}")
        return self._path.read_bytes().splitlines()

    def create(self) -> list[bytes]:
        """Write a new key."""
        return self._write([_new_key()])

    def begin_rotation(self) -> list[bytes]:
        """Write a new key before the others."""
        return self._write([_new_key(), *self.read()])

    def end_rotation(self, keys: list[bytes]) -> None:
        """Write the first key alone."""
        self._write(keys[:1])

    def _write(self, keys: list[bytes]) -> list[bytes]:
        write_private(self._path, b"\n".join(keys))
        return keys


class _OutsideKey(ABC):
    """Keys that are elsewhere; until ``vault rotate``, those of a key file in the vault decrypt too."""

    place: str

    def __init__(self, folder: Path) -> None:
        self._in_file, self._old = FileKey(folder), folder / KEY_FILE

    def read(self) -> list[bytes]:
        """Return the keys."""
        keys = self._read()
        return [*keys, *self._in_file.read()] if keys else []

    def begin_rotation(self) -> list[bytes]:
        """Return all keys, the one to encrypt with first."""
        return self.read()

    def end_rotation(self, keys: list[bytes]) -> None:  # noqa: ARG002 -- for those that store it
        """Remove the key file."""
        self._old.unlink(missing_ok=True)

    @abstractmethod
    def _read(self) -> list[bytes]:
        """Return the keys that are elsewhere."""


class EnvironmentKey(_OutsideKey):
    """Keys in an environment variable, set where the server and the supervisor are started."""

    place = f"the environment variable {KEY_VARIABLE}"

    def create(self) -> list[bytes]:
        """Raise WorkspaceError: the variable has to be set outside."""
        raise WorkspaceError(
            f"{KEY_VARIABLE} is not set, and the vault's key is there (vault.key: environment): set it. "
            'Create a key with: python -c "from cryptography.fernet import Fernet; '
            'print(Fernet.generate_key().decode())"'
        )

    def _read(self) -> list[bytes]:
        return [part.strip().encode() for part in os.environ.get(KEY_VARIABLE, "").split(",") if part.strip()]

    def read(self) -> list[bytes]:
        """Return the keys; WorkspaceError if the variable is not set."""
        return super().read() or self.create()


class KeyringKey(_OutsideKey):
    """Keys in the keyring of the user's desktop, through the package ``keyring``."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._account = str(folder)
        self.place = f"the keyring, as {self._account} of jupyter-ml"

    def create(self) -> list[bytes]:
        """Store a new key."""
        return [*self._store([_new_key()]), *self._in_file.read()]

    def read(self) -> list[bytes]:
        """Return the keys; those of a key file that a workspace had before get a new one first."""
        keys = super().read()
        return self.create() if not keys and self._old.exists() else keys

    def begin_rotation(self) -> list[bytes]:
        """Store a new key before the others."""
        return [*self._store([_new_key(), *self._read()]), *self._in_file.read()]

    def end_rotation(self, keys: list[bytes]) -> None:
        """Store the first key alone, and remove the key file."""
        self._store(keys[:1])
        super().end_rotation(keys)

    def _read(self) -> list[bytes]:
        return (self._call("get_password") or "").encode().split()

    def _store(self, keys: list[bytes]) -> list[bytes]:
        self._call("set_password", b" ".join(keys).decode())
        return keys

    def _call(self, operation: str, *values: str) -> str | None:
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError:
            raise UnavailableError("vault.key: keyring needs a package: pip install 'jupyter-ml[keyring]'") from None
        try:
            result: str | None = getattr(keyring, operation)("jupyter-ml", self._account, *values)
        except KeyringError as error:
            raise UnavailableError(f"the keyring cannot be used: {type(error).__name__}") from None
        return result


SOURCES: dict[str, type[FileKey | EnvironmentKey | KeyringKey]] = {
    "file": FileKey,
    "environment": EnvironmentKey,
    "keyring": KeyringKey,
}


def key_source(name: str, folder: Path) -> KeySource:
    """Return where the key of the vault in `folder` is, by the setting ``vault.key``."""
    return SOURCES[name](folder)


def _new_key() -> bytes:
    from cryptography.fernet import Fernet

    return Fernet.generate_key()
