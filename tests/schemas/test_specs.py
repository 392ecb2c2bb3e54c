# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Which job specs are valid, and which are refused."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from jupyter_ml.schemas.specs import CommandJob, DataInput, NotebookJob, job_adapter


def test_expressions_refer_to_what_is_there():
    with pytest.raises(ValidationError, match="did you mean 'alpha'"):
        CommandJob(command="python train.py ${{inputs.alhpa}}", inputs={"alpha": 1})
    with pytest.raises(ValidationError, match="refers to nothing under outputs"):
        NotebookJob(notebook="a.ipynb", parameters={"x": "${{outputs.model}}"})


def test_parameters_of_any_kind_are_encoded_once():
    job = NotebookJob(notebook="a.ipynb", parameters={"day": date(2026, 11, 22), "pair": (1, 2)})
    assert job.parameters == {
        "day": {"$type": "date", "value": "2026-11-22"},
        "pair": {"$type": "tuple", "value": [1, 2]},
    }
    assert job_adapter.validate_json(job.model_dump_json()) == job


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "", "x" * 129, "ä"])
def test_a_name_that_cannot_be_a_directory_is_refused(name):
    with pytest.raises(ValidationError):
        CommandJob(command="true", name=name)


def test_azures_short_form_of_an_output():
    job = job_adapter.validate_python({"type": "command", "command": "true", "outputs": {"model": None}})
    assert job.outputs["model"].type == "uri_folder"


@pytest.mark.parametrize("compute", ["local", "azureml:local", "AzureML:local"])
def test_a_compute_has_the_prefix_of_azure_or_none(compute):
    assert CommandJob(command="true", compute=compute).compute == "local"


@pytest.mark.parametrize(
    ("path", "is_local"),
    [
        ("data/12:30.csv", True),
        ("titanic:1", True),
        ("azureml:titanic:1", False),
        ("azureml://datastores/lake/paths/x.csv", False),
        ("s3://bucket/x.csv", False),
    ],
)
def test_the_path_of_an_input_is_any_reference(path, is_local):
    data = DataInput(type="uri_file", path=path)
    assert (data.path, data.is_local) == (path, is_local)
    assert DataInput(type="uri_file", path=path.replace("azureml:", "AzureML:")) == data
