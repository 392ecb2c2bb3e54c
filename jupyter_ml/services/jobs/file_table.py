# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files of a job, displayed as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.files import JobFile
from jupyter_ml.schemas.kinds import Column
from jupyter_ml.services.formatting import age, size
from jupyter_ml.services.tables import Table

if TYPE_CHECKING:
    from jupyter_ml.schemas.files import JobFiles

__all__ = ["FileTable"]

COLUMNS: list[Column[Any]] = [
    Column("path", lambda file: f"{file.path}/" if file.directory else file.path),
    Column("size", lambda file: "" if file.size_bytes is None else size(file.size_bytes), align="right"),
    Column("modified", lambda file: "" if file.modified_at is None else age(file.modified_at), align="right"),
]


class FileTable(Table[JobFile]):
    """A page of the files of a job."""

    empty = "No files."

    def __init__(self, files: JobFiles) -> None:
        super().__init__(COLUMNS, files.items)
        self.files = files

    @property
    def more(self) -> str:
        """Note on files that are not displayed."""
        notes = ["There are more files: jupyter ml job files --max-results"] if self.files.truncated else []
        return "\n".join([*notes, *self.files.problems])
