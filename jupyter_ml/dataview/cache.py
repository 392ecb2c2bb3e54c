# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Store profiles of files, which are read again while the files do not change."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import ValidationError

from jupyter_ml.schemas.data_view import DataProfile

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_PROFILES", "ProfileCache"]

MAX_PROFILES = 500


class ProfileCache:
    """Profiles in a directory, by a key that changes with the file.

    Several processes may use one at the same time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> DataProfile | None:
        """Return a stored profile."""
        try:
            return DataProfile.model_validate_json(self._file(key).read_bytes())
        except (OSError, ValidationError):
            return None

    def put(self, key: str, profile: DataProfile) -> None:
        """Store a profile, readable by the user only, and remove the oldest ones above `MAX_PROFILES`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._folder / f"{uuid4().hex}.tmp"
        temporary.touch(mode=0o600)
        temporary.write_text(profile.model_dump_json(), encoding="utf-8")
        temporary.replace(self._file(key))
        found = [*self._folder.glob("*.json")]
        if len(found) > MAX_PROFILES:
            ages = sorted((_time(path), path) for path in found)
            for _, path in ages[: len(found) - MAX_PROFILES]:
                path.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
