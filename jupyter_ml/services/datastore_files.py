# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List the files of a datastore, with errors for users."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError, NotFoundError, UnavailableError
from jupyter_ml.schemas.datastores import DatastoreEntry, DatastoreFiles
from jupyter_ml.schemas.references import DatastorePath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.connections import Connection
    from jupyter_ml.schemas.datastores import Browse
    from jupyter_ml.storage.azureml import AzureMLFileSystem

__all__ = ["check_readable", "list_files"]

MAX_REASON = 500


def check_readable(name: str, connection: Connection, files: AzureMLFileSystem) -> None:
    """Raise UnavailableError if the top of a datastore cannot be listed."""
    with _reported(name, connection.location, connection.hint):
        files.ls(str(DatastorePath(name)), detail=False)


def list_files(
    directory: DatastorePath, browse: Browse, files: AzureMLFileSystem, connection: Connection
) -> DatastoreFiles:
    """Return a page of what is directly in a directory; NotFoundError if there is none."""
    with _reported(directory.datastore, str(directory), connection.hint):
        try:
            found = files.ls(str(directory), detail=True)
        except (FileNotFoundError, NotADirectoryError):
            if directory.path:
                message = f"datastore {directory.datastore!r} has no directory {directory.path!r}"
                raise NotFoundError(message) from None
            raise
    top = str(DatastorePath(directory.datastore)).removeprefix("azureml://")
    entries = [_entry(each, top) for each in found]
    entries.sort(key=lambda entry: (not entry.is_directory, entry.name))
    page = entries[browse.offset : browse.offset + browse.limit]
    return DatastoreFiles(items=page, total=len(entries))


def _entry(found: dict[str, Any], top: str) -> DatastoreEntry:
    path = found["name"].removeprefix(top)
    is_directory = found["type"] == "directory"
    return DatastoreEntry(
        name=path.rsplit("/", 1)[-1],
        path=path,
        is_directory=is_directory,
        size=None if is_directory else found["size"],
        modified_at=_time(found.get("modified")),
    )


def _time(value: Any) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return value if isinstance(value, datetime) else None


@contextmanager
def _reported(name: str, location: str, hint: str) -> Iterator[None]:
    """Raise UnavailableError for what the library of a datastore raises; credentials are masked already."""
    try:
        yield
    except JupyterMLError as error:
        if isinstance(error, UnavailableError):
            raise UnavailableError(f"datastore {name!r} cannot be read: {error}") from None
        raise
    except Exception as error:  # noqa: BLE001 -- of any library
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        message = f"datastore {name!r} cannot be read: {location}: {str(reason)[:MAX_REASON]}{hint}"
        raise UnavailableError(message) from None
