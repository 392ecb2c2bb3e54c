# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Artifacts in stores that are not on the local disk, through MLflow's artifact repositories.

A call runs in a thread of its own, and the caller waits for a bounded time: most clients of stores retry for minutes.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeVar
from urllib.parse import urlparse
from urllib.request import url2pathname

from jupyter_ml.errors import JupyterMLError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RemoteArtifacts", "RemoteEntry", "local_path"]

T = TypeVar("T")

_slots = threading.BoundedSemaphore(8)
"""For the threads of this process that wait for a store; those of a store that never answers are kept."""


class RemoteEntry(NamedTuple):
    """A file or directory in a store."""

    name: str
    is_folder: bool
    size: int | None


def local_path(uri: str) -> Path | None:
    """Return the directory of an artifact location on the local disk, read as MLflow does; None for any other."""
    if uri.startswith("file:"):
        return Path(url2pathname(urlparse(uri).path))
    return None if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", uri) else Path(url2pathname(uri))


class RemoteArtifacts:
    """The artifacts below an address.

    Parameters
    ----------
    uri
        Address, e.g. ``s3://bucket/path``.
    list_s, open_s
        How long to wait for a list, and for a file.
    """

    def __init__(self, uri: str, *, list_s: float = 20.0, open_s: float = 600.0) -> None:
        self._uri, self._list_s, self._open_s = uri, list_s, open_s

    def entries(self, path: str) -> list[RemoteEntry]:
        """Return what is in the directory `path`, or below the address itself for an empty path.

        Raises
        ------
        UnavailableError
            When the store does not answer in time, or fails.
        """
        if path and not all(map(_is_name, path.split("/"))):
            return []
        found = self._in_time(lambda: _repository(self._uri).list_artifacts(path or None), self._list_s)
        entries = [RemoteEntry(info.path.rpartition("/")[2], info.is_dir, info.file_size) for info in found]
        return [entry for entry in entries if _is_name(entry.name)]

    def open(self, path: str) -> BinaryIO:
        """Return the file `path`, copied to the local disk, as an open file that has no name there any more.

        Raises
        ------
        NotFoundError
            When there is no such file.
        UnavailableError
            When the store does not answer in time, or fails.
        """
        parent, _, name = path.rpartition("/")
        if not any(entry.name == name and not entry.is_folder for entry in self.entries(parent)):
            raise NotFoundError(f"there is no artifact {path!r} in {self._shown}")
        return self._in_time(lambda: self._download(path), self._open_s)

    def _download(self, path: str) -> BinaryIO:
        folder = tempfile.mkdtemp(prefix="jupyter-ml-")
        try:
            return Path(_repository(self._uri).download_artifacts(path, folder)).open("rb")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _in_time(self, call: Callable[[], T], limit_s: float) -> T:
        slots = _slots
        if not slots.acquire(timeout=limit_s):
            raise UnavailableError(f"{self._shown}: too many requests wait for artifact stores; try again later")
        done, results, errors = threading.Event(), list[T](), list[BaseException]()

        def run() -> None:
            try:
                results.append(call())
            except BaseException as error:  # noqa: BLE001 -- it is raised by the caller
                errors.append(error)
            finally:
                slots.release()
                done.set()

        # not of a thread pool: Python waits for the threads of pools when it exits
        threading.Thread(target=run, daemon=True, name="jupyter-ml-artifacts").start()
        if not done.wait(limit_s):
            raise UnavailableError(f"the artifact store {self._shown} has not answered for {limit_s:g} s")
        if errors:
            raise self._translated(errors[0]) from errors[0]
        return results[0]

    def _translated(self, error: BaseException) -> JupyterMLError:
        if isinstance(error, ModuleNotFoundError):
            hint = f"install {error.name} where Jupyter Server is installed"
            return UnavailableError(f"the artifact store {self._shown} cannot be read: {error}; {hint}")
        message = _without_passwords(str(error).partition("\n")[0])
        return UnavailableError(f"the artifact store {self._shown} cannot be read: {message or type(error).__name__}")

    @property
    def _shown(self) -> str:
        return _without_passwords(self._uri)


def _repository(uri: str) -> Any:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    return get_artifact_repository(uri)


def _is_name(name: str) -> bool:
    """Return whether a store's name can be one of a file: keys of objects may be any text."""
    return name not in ("", ".", "..") and "\0" not in name


def _without_passwords(text: str) -> str:
    return re.sub(r"(?<=://)[^/@\s]+@", "***@", text)
