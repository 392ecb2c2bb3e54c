# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Record which of the runs and models logged directly with MLflow have been imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.tracking.uris import file_states

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = ["ImportedRuns"]


class _Position(Schema):
    version: str
    newest: Time | None
    models_ms: int | None = None


class ImportedRuns:
    """A file that the supervisor writes when it has read MLflow's SQLite file.

    With it a client finds out, without MLflow, whether a run was logged since.

    Parameters
    ----------
    file
        Path of the file.
    database
        MLflow's database file.
    """

    def __init__(self, file: Path, database: Path) -> None:
        self._file, self._database = file, database

    def newest(self) -> datetime | None:
        """Return the start time of the latest imported run."""
        position = self._read()
        return position.newest if position else None

    def models_ms(self) -> int | None:
        """Return when the latest imported version of a model was created; None if none was imported."""
        position = self._read()
        return position.models_ms if position else None

    def current(self) -> bool:
        """Return whether nothing was written since; also True if nothing ever was."""
        version, position = self._version(), self._read()
        return not version or (position is not None and position.version == version)

    def write(self, newest: datetime | None, models_ms: int | None) -> None:
        """Record that everything up to now has been read."""
        temporary = self._file.with_suffix(".tmp")
        position = _Position(version=self._version(), newest=newest, models_ms=models_ms)
        temporary.write_text(position.model_dump_json(), encoding="utf-8")
        temporary.replace(self._file)

    def _read(self) -> _Position | None:
        try:
            return _Position.model_validate_json(self._file.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def _version(self) -> str:
        states = file_states(self._database, "-wal")
        return " ".join(f"{state.st_mtime_ns}/{state.st_size}" for state in states if state.st_size)
