# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Directories in an artifact store that is not on the local disk, through MLflow's artifact repositories."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["delete_upload", "upload"]

_log = logging.getLogger(__name__)


def upload(directory: Path, uri: str) -> None:
    """Upload the files of a directory; UnavailableError when the store refuses them."""
    try:
        _repository(uri).log_artifacts(str(directory))
    except Exception as error:
        raise UnavailableError(f"the artifact store does not take the files: {error}") from error


def delete_upload(uri: str) -> None:
    """Delete what was uploaded; what cannot be deleted stays, and is logged."""
    try:
        _repository(uri).delete_artifacts()
    except Exception:  # noqa: BLE001 -- each kind of store for artifacts has its own
        _log.warning("%s could not be deleted", uri, exc_info=True)


def _repository(uri: str) -> Any:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    return get_artifact_repository(uri)
