# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Secrets and environment variables of jobs that have not ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from jupyter_ml.errors import InvalidInputError, NotFoundError, TooLargeError
from jupyter_ml.schemas.base import Name
from jupyter_ml.vault.files import FORGOTTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_ml.vault.files import EncryptedFiles

__all__ = ["MAX_BYTES", "MIN_LENGTH", "JobSecrets", "check_secret"]

MIN_LENGTH = 4
"""A shorter secret cannot be distinguished from ordinary text, and so not be removed from logs."""
MAX_BYTES = 64 * 1024
"""Maximum size of a secret."""
MIN_REMEMBERED = 8
"""A shorter value would remove ordinary words from the output of other jobs."""
MAX_REMEMBERED = 200
"""Number of the latest values that are remembered."""
MAX_REMEMBERED_BYTES = 256 * 1024


class JobSecrets:
    """Secrets by the name of a job, in an encrypted file for each.

    Values are remembered, to be removed from what other jobs write. They are always in the directory of the workspace,
    whatever its vault is: they are needed for as long as a job waits, by the supervisor only.
    """

    def __init__(self, files: EncryptedFiles) -> None:
        self._files = files

    def put(self, job: str, secrets: Mapping[str, str]) -> None:
        """Store the secrets of a job, and replace those that it had.

        Raises
        ------
        InvalidInputError
            For a value that is too short, too large, or cannot be an environment variable.
        """
        for name, value in secrets.items():
            check_secret(name, value)
        self._files.write(_file(job), json.dumps(dict(secrets)).encode())
        self._remember(secrets.values())

    def get(self, job: str) -> dict[str, str]:
        """Return the secrets of a job; NotFoundError when it has none."""
        content = self._files.read(_file(job))
        if content is None:
            raise NotFoundError(f"the vault has no secrets for {job!r}")
        values: dict[str, str] = json.loads(content)
        return values

    def seal(self, job: str, document: Mapping[str, Any]) -> None:
        """Store a JSON document of a job, encrypted, beside its secrets."""
        self._files.write(_file(job, "sealed"), json.dumps(document).encode())

    def unseal(self, job: str) -> dict[str, Any] | None:
        """Return the document that `seal` was given; None when there is none."""
        content = self._files.read(_file(job, "sealed"))
        document: dict[str, Any] | None = None if content is None else json.loads(content)
        return document

    def given(self) -> list[str]:
        """Return the remembered values, the latest first."""
        values: list[str] = json.loads(self._files.read(FORGOTTEN) or b"[]")
        return values

    def delete(self, job: str) -> None:
        """Remove the secrets and the document of a job, if it has any."""
        for kind in ("secrets", "sealed"):
            self._files.remove(_file(job, kind))

    def _remember(self, values: Iterable[str]) -> None:
        def added(before: bytes | None) -> bytes:
            kept, room = [], MAX_REMEMBERED_BYTES
            for value in dict.fromkeys([*values, *json.loads(before or b"[]")]):
                room -= len(value.encode())
                if len(value) >= MIN_REMEMBERED and room >= 0:
                    kept.append(value)
            return json.dumps(kept[:MAX_REMEMBERED]).encode()

        self._files.update(FORGOTTEN, added)


_NAME: TypeAdapter[str] = TypeAdapter(Name)  # to build one takes 0.3 ms


def _file(job: str, kind: str = "secrets") -> str:
    try:
        return f"{_NAME.validate_python(job)}.{kind}"
    except ValidationError:
        raise InvalidInputError(f"{job!r} cannot name secrets: use letters, digits, - and _") from None


def check_secret(name: str, value: str) -> None:
    """Raise InvalidInputError if a value cannot be a secret of a job; the message does not contain it."""
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
