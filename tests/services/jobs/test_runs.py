# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What MLflow has of a job's run: parameters, tags, datasets and models."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import NotFoundError
from jupyter_ml.services.jobs.model_files import MODEL_FILE
from tests.services.jobs.artifacts import MODEL, Artifacts
from tests.store.jobs import job as make_job


def test_everything_that_was_logged_is_there(opened):
    from mlflow.entities import Param, RunTag

    job = Artifacts(opened, "everything")
    store = opened._context.tracking._store
    store.log_param(job.run_id, Param("by_hand", "5"))
    store.set_tag(job.run_id, RunTag("mlflow.note.content", "a note"))
    job.log_dataset()
    details = opened.runs.details("everything")
    assert details.parameters == {"by_hand": "5"}
    assert details.tags == {"mlflow.note.content": "a note", "mlflow.runName": "everything", "team": "a"}
    assert (details.name, details.status, details.deleted) == ("everything", "RUNNING", False)
    [dataset] = details.datasets
    assert (dataset.name, dataset.digest, dataset.context) == ("patients", "659931c6", "training")
    assert dataset.profile == {"num_rows": 3}


def test_models_of_every_kind_are_described(opened):
    job = Artifacts(opened, "models")
    first, second = job.log_model("model"), job.log_model("model")
    job.log("saved/here/MLmodel", MODEL)
    models = {model.path: model for model in opened.runs.models("models").items}
    assert set(models) == {"model", f"model-{second}", "saved/here"}
    model = models["model"]
    assert (model.name, model.uri, model.size_bytes) == ("model", f"models:/{first}", 7124)
    assert model.flavors == {"python_function": "3.11.7", "sklearn": "1.9.1"}
    columns = [(column.name, column.type, column.required) for column in model.signature.inputs]
    assert columns == [("a", "double", True), ("words", "array(string)", True)]
    assert model.signature.outputs[0].type == "float32[-1, 3]"
    assert [(column.name, column.required) for column in model.signature.params] == [("top", False)]
    assert models["saved/here"].uri == f"runs:/{job.run_id}/saved/here"
    assert models["saved/here"].model_id is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("flavors: !!python/object:os.system {}", "tag"),
        ("[1, 2]", "expected keys and values"),
        ("a: " + "x" * 300_000, "more than"),
        ("{", "not YAML"),
    ],
)
def test_a_wrong_file_of_a_model_is_a_problem_of_that_model(opened, content, problem):
    job = Artifacts(opened, f"wrong_{abs(hash(content))}")
    job.log("model/MLmodel", content)
    [model] = opened.runs.models(job.name).items
    assert problem in model.problem
    assert MODEL_FILE in model.problem
    assert (model.flavors, model.signature) == ({}, None)


def test_odd_values_in_the_file_of_a_model_are_left_out(opened):
    job = Artifacts(opened, "odd_values")
    job.log(
        "model/MLmodel", "flavors: [1]\nsignature: {inputs: '[[[', outputs: 5, params: '[1]'}\nmodel_size_bytes: -1"
    )
    [model] = opened.runs.models(job.name).items
    assert (model.problem, model.flavors, model.signature, model.size_bytes) == (None, {}, None, None)


def test_a_job_without_a_run_has_no_details(opened):
    opened._context.store.jobs.insert(make_job("queued"), host=None)
    with pytest.raises(NotFoundError, match="no MLflow run yet"):
        opened.runs.details("queued")
    assert opened.runs.models("queued").items == []
