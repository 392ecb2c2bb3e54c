# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copy files into the artifacts of a run, and delete them, through MLflow's artifact repositories."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_ml.tracking.store import translated_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["attach", "delete_artifacts", "repository_of"]

_log = logging.getLogger(__name__)


def repository_of(info: Any) -> Any:
    """Return the artifact repository of a run, given its information."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    with translated_errors():
        return get_artifact_repository(info.artifact_uri)


def attach(
    repository: Any, path: Path, artifact_path: str | None = None, *, link: bool = False
) -> dict[Path, Exception]:
    """Copy a file or the content of a directory into the run's artifacts, below `artifact_path`.

    With `link`, files that are never changed are linked where artifacts are on the same disk, to save space.

    Returns
    -------
    dict
        The files that could not be copied, and why.
    """
    if link and path.is_dir() and hasattr(repository, "artifact_dir"):
        target = Path(repository.artifact_dir, artifact_path or "")
        shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True, copy_function=_link)
        return {}
    if not path.is_dir():
        return _attach_each(repository, {path: artifact_path})
    root = PurePosixPath(artifact_path or "")
    files = {file: str(root / file.relative_to(path).parent) for file in _files(path)}
    try:
        if all(file.is_file() for file in files):  # MLflow waits for the other end of a pipe
            repository.log_artifacts(str(path), artifact_path)
            return {}
    except Exception:  # noqa: BLE001 -- each kind of store for artifacts has its own
        _log.warning("%s could not be attached at once", path, exc_info=True)
    return _attach_each(repository, files)


def delete_artifacts(repository: Any) -> None:
    """Delete all artifacts of a run."""
    if not hasattr(repository, "artifact_dir"):
        repository.delete_artifacts()
    elif Path(repository.artifact_dir).exists():  # MLflow decodes quotes in the path: another directory's
        shutil.rmtree(repository.artifact_dir)


def _files(folder: Path) -> Iterator[Path]:
    """Yield everything but directories, below directories that can be read."""
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


def _attach_each(repository: Any, files: Mapping[Path, str | None]) -> dict[Path, Exception]:
    left_out: dict[Path, Exception] = {}
    for file, place in files.items():
        try:
            if not file.is_file():
                raise FileNotFoundError("not a regular file")  # noqa: TRY301 -- as if MLflow did
            repository.log_artifact(str(file), place)
        except Exception as error:  # noqa: BLE001 -- the others are not to suffer
            left_out[file] = error
    return left_out


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:  # another disk, or a file system without links
        shutil.copy2(source, target)
