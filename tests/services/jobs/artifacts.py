# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs with artifacts in a real MLflow store, without a process that ran them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.tracking.repositories import local_path
from tests.store.jobs import job, run

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.services.workspace import Workspace

NAMES = ['<img src=x onerror="alert(1)">.txt', 'it\'s "quoted".txt', "two\nlines.txt", "gnp.\u202etxt", "100%41.txt"]
"""Names of files that have to be escaped somewhere."""
MODEL = """
artifact_path: model
flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.11.7}
  sklearn: {pickled_model: model.skops, sklearn_version: 1.9.1}
model_size_bytes: 7124
signature:
  inputs: '[{"type": "double", "name": "a"}, {"type": "array", "items": {"type": "string"}, "name": "words"}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]'
  params: '[{"name": "top", "type": "long", "default": 5}]'
"""


class Artifacts:
    """A running job of a workspace, and the directories in which its files are.

    With `imported`, it is a run that another program logged, which a supervisor leaves alone.
    """

    def __init__(self, workspace: Workspace, name: str, *, location: str | None = None, imported: bool = False) -> None:
        self.workspace, self.name = workspace, name
        context = workspace._context
        if location is not None:
            context.tracking._store.create_experiment(name, artifact_location=location)
        self.run_id = context.tracking.create_run(experiment=name, name=name, tags={"team": "a"})
        self.folder = AttemptFolder(context.layout.attempt(name, 1))
        if imported:
            context.store.jobs.import_runs([run(1, run_id=self.run_id, name=name)])
        else:
            context.store.jobs.insert(job(name, state="Running", attempt=1), host=None)
            self.folder.path.mkdir(parents=True)
            context.store.jobs.set_run(name, self.run_id)
        self.artifacts = local_path(context.tracking.details(self.run_id).artifact_uri)

    def write(self, path: str, content: str | bytes = "x") -> None:
        """Write a file of the attempt."""
        _write(self.folder.path / path, content)

    def log(self, path: str, content: str | bytes = "x") -> None:
        """Write an artifact of the run."""
        _write(self.artifacts / path, content)

    def log_model(self, name: str, content: str = MODEL) -> str:
        """Log a model of MLflow 3, and return its id."""
        store = self.workspace._context.tracking._store
        run = store.get_run(self.run_id)
        model = store.create_logged_model(run.info.experiment_id, name=name, source_run_id=self.run_id)
        _write(local_path(model.artifact_location) / "MLmodel", content)
        return model.model_id

    def log_dataset(self) -> None:
        """Log the input that ``mlflow.log_input`` logs for a pandas frame."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        profile = json.dumps({"num_rows": 3})
        dataset = Dataset(name="patients", digest="659931c6", source_type="code", source="{}", profile=profile)
        inputs = [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])]
        self.workspace._context.tracking._store.log_inputs(self.run_id, inputs)

    @property
    def paths(self) -> list[str]:
        """Paths of all files."""
        return [file.path for file in self.workspace.files.list(self.name).items]


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
