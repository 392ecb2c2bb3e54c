# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read what a version of a model consists of, from the files that MLflow saves with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError, NotFoundError
from jupyter_ml.schemas.model_details import ModelDetails, StageChange
from jupyter_ml.services.jobs.model_files import MODEL_FILE, describe_model, load_model_file

if TYPE_CHECKING:
    from jupyter_ml.services.jobs.file_tree import FileTree
    from jupyter_ml.tracking.registry_rows import ModelRow

__all__ = ["read_details"]

MAX_EXAMPLE_CHARS = 20_000
MAX_TEXT_BYTES = 1024**2
MAX_PACKAGES = 2_000
_PYTHON = re.compile(r"^\s*-?\s*python\s*[:=]=?\s*['\"]?([0-9][0-9.]*)", re.MULTILINE)


def read_details(row: ModelRow, tree: FileTree) -> ModelDetails:
    """Return what a version consists of; what cannot be read is its `problem`."""
    stages = [StageChange.model_validate(_stage(each)) for each in row.own.get("stages", [])]
    facts: dict[str, Any] = {"packages": _packages(_text(tree, "requirements.txt")), "python": _python(tree)}
    try:
        with tree.open(MODEL_FILE) as file:
            data = load_model_file(file)
    except NotFoundError:
        problem = "; ".join(tree.problems) or (
            "there is no MLmodel file" if row.own.get("type", "mlflow_model") == "mlflow_model" else None
        )
        return ModelDetails(**facts, stages=stages, problem=problem)
    except JupyterMLError as error:
        return ModelDetails(**facts, stages=stages, problem=str(error))
    version = data.get("mlflow_version")
    facts |= describe_model(data) | _example(tree, data.get("saved_input_example_info"))
    return ModelDetails(**facts, stages=stages, mlflow_version=None if version is None else str(version)[:100])


def _stage(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "stage": str(each.get("stage")),
        "user": str(each.get("user", "")),
        "time": datetime.fromtimestamp(each.get("time_ms", 0) / 1000, UTC),
    }


def _example(tree: FileTree, info: Any) -> dict[str, Any]:
    path = info.get("artifact_path") if isinstance(info, dict) else None
    text = _text(tree, path) if isinstance(path, str) else None
    if text is None:
        return {}
    return {"input_example": text[:MAX_EXAMPLE_CHARS], "input_example_truncated": len(text) > MAX_EXAMPLE_CHARS}


def _packages(text: str | None) -> list[str]:
    lines = (line.partition(" #")[0].strip() for line in (text or "").splitlines())
    return [line[:500] for line in lines if line and not line.startswith("#")][:MAX_PACKAGES]


def _python(tree: FileTree) -> str | None:
    for name in ("python_env.yaml", "conda.yaml"):
        if match := _PYTHON.search(_text(tree, name) or ""):
            return match[1]
    return None


def _text(tree: FileTree, path: str) -> str | None:
    """Return the beginning of a text file; None if there is none."""
    try:
        with tree.open(path) as file:
            return file.read(MAX_TEXT_BYTES).decode(errors="replace")
    except JupyterMLError:
        return None
