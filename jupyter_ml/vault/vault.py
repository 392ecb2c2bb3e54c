# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The embedded vault: encrypted files beside a key file that only its owner can read.

It protects secrets in backups, copies and shared directories of a workspace. It does not protect them from users who
can read the key file: on a machine that is not trusted, use a vault of another kind.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from jupyter_ml.errors import InvalidInputError, NotFoundError, TooLargeError, WorkspaceError
from jupyter_ml.schemas.base import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cryptography.fernet import MultiFernet

__all__ = ["MAX_BYTES", "MIN_LENGTH", "Vault"]

MIN_LENGTH = 4
"""A shorter secret cannot be distinguished from ordinary text, and so not be removed from logs."""
MAX_BYTES = 64 * 1024
"""Maximum size of a secret."""
MIN_REMEMBERED = 8
"""A shorter value would remove ordinary words from the output of other jobs."""
MAX_REMEMBERED = 200
"""Number of the latest values that are remembered."""
MAX_REMEMBERED_BYTES = 256 * 1024

_name: TypeAdapter[str] = TypeAdapter(Name)


class Vault:
    """Secrets by scope, e.g. the name of a job, in an encrypted file for each.

    Values are remembered, to be removed from what other jobs write.

    Several processes may use one at the same time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, scope: str, secrets: Mapping[str, str]) -> None:
        """Store the secrets of a scope, and replace those that it had.

        Raises
        ------
        InvalidInputError
            For a value that is too short, too large, or cannot be an environment variable.
        """
        for name, value in secrets.items():
            _check(name, value)
        file = self._file(scope)
        with self._unlocked() as fernet:
            _write(file, fernet.encrypt(json.dumps(dict(secrets)).encode()))
            self._remember(fernet, secrets.values())

    def get(self, scope: str) -> dict[str, str]:
        """Return the secrets of a scope; NotFoundError when it has none."""
        file = self._file(scope)
        with self._unlocked() as fernet:
            if not file.exists():
                raise NotFoundError(f"the vault has no secrets for {scope!r}")
            values: dict[str, str] = json.loads(_decrypted(fernet.decrypt, file))
            return values

    def seal(self, scope: str, document: Mapping[str, Any]) -> None:
        """Store a JSON document of a scope, encrypted, beside its secrets."""
        file = self._file(scope, "sealed")
        with self._unlocked() as fernet:
            _write(file, fernet.encrypt(json.dumps(document).encode()))

    def unseal(self, scope: str) -> dict[str, Any] | None:
        """Return the document that `seal` was given; None when there is none."""
        file = self._file(scope, "sealed")
        if not file.exists():
            return None
        with self._unlocked() as fernet:
            document: dict[str, Any] = json.loads(_decrypted(fernet.decrypt, file))
            return document

    def given(self) -> list[str]:
        """Return the remembered values, the latest first."""
        if not self._given.exists():
            return []
        with self._unlocked() as fernet:
            return self._remembered(fernet)

    def delete(self, scope: str) -> None:
        """Remove the secrets and the document of a scope, if it has any."""
        for kind in ("secrets", "sealed"):
            self._file(scope, kind).unlink(missing_ok=True)

    def rotate(self) -> None:
        """Encrypt everything with a new key and remove the old ones; it can be interrupted and repeated."""
        with self._unlocked():
            old = self._keys.read_bytes().splitlines()
            new = _new_key()
            _write(self._keys, b"\n".join([new, *old]))
            fernet = _fernet([new, *old])
            for file in (*self._scopes(), *self._folder.glob(self._given.name)):
                _write(file, _decrypted(fernet.rotate, file))
            _write(self._keys, new)

    @property
    def _keys(self) -> Path:
        return self._folder / "keys"

    @property
    def _given(self) -> Path:
        return self._folder / "given"

    def _scopes(self) -> list[Path]:
        return [*self._folder.glob("*.secrets"), *self._folder.glob("*.sealed")]

    def _remember(self, fernet: MultiFernet, values: Iterable[str]) -> None:
        kept, room = [], MAX_REMEMBERED_BYTES
        for value in dict.fromkeys([*values, *self._remembered(fernet)]):
            room -= len(value.encode())
            if len(value) >= MIN_REMEMBERED and room >= 0:
                kept.append(value)
        _write(self._given, fernet.encrypt(json.dumps(kept[:MAX_REMEMBERED]).encode()))

    def _remembered(self, fernet: MultiFernet) -> list[str]:
        if not self._given.exists():
            return []
        values: list[str] = json.loads(_decrypted(fernet.decrypt, self._given))
        return values

    def _file(self, scope: str, kind: str = "secrets") -> Path:
        try:
            return self._folder / f"{_name.validate_python(scope)}.{kind}"
        except ValidationError:
            raise InvalidInputError(f"{scope!r} cannot name secrets: use letters, digits, - and _") from None

    @contextmanager
    def _unlocked(self) -> Iterator[MultiFernet]:
        """Yield the cipher, with other processes locked out; create a key the first time."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            for unfinished in self._folder.glob(".*"):  # of a process that was killed: it would have the lock
                unfinished.unlink(missing_ok=True)
            if not self._keys.exists():
                self._refuse_lost_key()
                self._given.unlink(missing_ok=True)  # its key is lost
                _write(self._keys, _new_key())
            if stat.S_IMODE(self._keys.stat().st_mode) & 0o077:
                raise WorkspaceError(f"others can read the vault's key: run chmod 600 {self._keys}")
            yield _fernet(self._keys.read_bytes().splitlines())
        finally:
            os.close(descriptor)

    def _refuse_lost_key(self) -> None:
        if self._scopes():
            raise WorkspaceError(
                f"the vault's key {self._keys} is missing: restore it, or remove {self._folder} "
                "and submit the jobs again"
            )


def _check(name: str, value: str) -> None:
    field = f"secrets.{name}"
    if len(value) < MIN_LENGTH:
        raise InvalidInputError(
            f"secret {name!r} has fewer than {MIN_LENGTH} characters: it could not be removed from logs", field=field
        )
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise InvalidInputError(f"secret {name!r} is not text in UTF-8", field=field) from None
    if size > MAX_BYTES:
        raise TooLargeError(f"secret {name!r} has {size} bytes; a secret may have {MAX_BYTES}", field=field)
    if "\0" in value:
        raise InvalidInputError(f"secret {name!r} contains a NUL and cannot be an environment variable", field=field)


def _new_key() -> bytes:
    from cryptography.fernet import Fernet  # heavy: most commands have no secrets

    return Fernet.generate_key()


def _fernet(keys: list[bytes]) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet

    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise WorkspaceError("the vault's key file is damaged: restore the right one") from None


def _decrypted(operation: Any, file: Path) -> bytes:
    from cryptography.fernet import InvalidToken

    try:
        result: bytes = operation(file.read_bytes())
    except InvalidToken:
        raise WorkspaceError(f"{file} is damaged or was encrypted with another key") from None
    return result


def _write(file: Path, content: bytes) -> None:
    """Replace a file atomically, readable by its owner only."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(file)
