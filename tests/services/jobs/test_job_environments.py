# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs run in the environment that they name."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from jupyter_ml.environments.curated import curated, find_curated
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.specs import parse_job
from jupyter_ml.services.jobs.job_environment import environment_of, resolve_environment
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec

SIX = {"requirements": ["six==1.16.0"]}
PRINT = "import six, sys; print('six', six.__version__)"


def resolved(workspace, environment):
    loaded = LoadedSpec(parse_job({"type": "command", "command": "true", "environment": environment}))
    return resolve_environment(workspace._context, loaded).spec


def definition(workspace, environment):
    return environment_of(workspace._context, resolved(workspace, environment)).definition


def file_of(workspace, job, name):
    return (workspace._context.layout.attempt(job.name, 1) / name).read_text()


def test_a_reference_is_pinned(workspace):
    workspace.environments.create({"name": "sklearn", **SIX, "labels": ["good"]})
    workspace.environments.create({"name": "sklearn", "requirements": ["six==1.15.0"]})
    for written, pinned in [
        ("azureml:sklearn:1", "azureml:sklearn:1"),
        ("azureml:sklearn@latest", "azureml:sklearn:2"),
        ("sklearn@good", "azureml:sklearn:1"),
        ("sklearn", "azureml:sklearn:2"),
    ]:
        assert resolved(workspace, written).environment == pinned
    assert definition(workspace, "azureml:sklearn@latest").requirements == ["six==1.15.0"]


@pytest.mark.parametrize(
    "name",
    [
        "azureml:AzureML-sklearn-1.5@latest",
        "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
        "sklearn-1.5",
    ],
)
def test_names_of_azure(workspace, name):
    found = resolved(workspace, name).environment
    assert found.name == "sklearn-1.5"
    assert "scikit-learn~=1.5.0" in found.definition.requirements
    workspace.environments.create({"name": "sklearn-1.5", **SIX})
    if "registries" not in name:  # one of the workspace comes first
        assert resolved(workspace, "sklearn-1.5").environment == "azureml:sklearn-1.5:1"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("AzureML-acpt-pytorch-2.8-cuda12.6", "acpt-pytorch-2.8"),
        ("tensorflow-2.16-cuda12", "tensorflow-2.16"),
        ("AzureML-lightgbm-3.3", "lightgbm-3.3"),
        ("responsibleai-tabular", "responsibleai-tabular"),
        ("model-evaluation", "model-evaluation"),
        ("AzureML-AutoML", "automl"),
        ("AzureML-xgboost", "xgboost"),
    ],
)
def test_each_name_in_the_examples_of_azure_is_known(workspace, name, known):
    assert find_curated(name) is curated()[known]
    found = resolved(workspace, f"azureml://registries/azureml/environments/{name}/versions/24").environment
    assert found.name == known
    assert found.definition.requirements


def test_the_documentation_lists_the_names_of_azure():
    page = (Path(__file__).parents[3] / "docs" / "users" / "environments.md").read_text()
    assert f"for CPUs: {', '.join(curated())} |" in page


def test_content_and_the_current_environment(workspace, tmp_path):
    (tmp_path / "conda.yml").write_text("dependencies: [python=3.11, six=1.16.0]\n")
    found = resolved(workspace, {"image": "x", "conda_file": str(tmp_path / "conda.yml")})
    (tmp_path / "conda.yml").unlink()
    assert found.environment.definition.requirements == ["six==1.16.0.*"]
    assert resolved(workspace, found.environment.model_dump()).environment == found.environment  # as a rerun does
    assert any(line.startswith("pytest==") for line in definition(workspace, "current").requirements)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ("azureml:sklearm-1.5@latest", "did you mean 'sklearn-1.5'"),
        (
            "azureml://registries/azureml/environments/llm-dbcopilot-mir/versions/1",
            "known names of Azure ML: sklearn-1.5",
        ),
        ("azureml://data/a/versions/1", "is one of the data"),
        ({"image": "python"}, "has only a Docker image"),
        ({"build": {"path": "."}}, "has only a Docker image"),
        ({"conda_file": {"dependencies": ["graphviz"]}}, "environment.conda_file: dependencies: graphviz is not"),
        ({"conda_file": "none.yml"}, "none.yml does not exist"),
    ],
)
def test_what_cannot_be_used(workspace, environment, message):
    with pytest.raises(InvalidInputError) as error:
        resolved(workspace, environment)
    assert message in str(error.value)


def test_files_of_a_request_are_in_the_root(workspace, tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "secret").write_text("secret value\n")
    (tmp_path / "root" / "requirements.txt").write_text("-r ../secret\n")
    job = {"type": "command", "command": "true", "environment": {"requirements": "requirements.txt"}}
    with pytest.raises(InvalidInputError, match="outside of the root directory"):
        workspace.jobs.submit(job, root=tmp_path / "root")


@pytest.mark.integration
def test_a_command_runs_in_it(shared, tmp_path):
    environment = {**SIX, "image": "python", "variables": {"GREETING": "hello"}}
    command = f'python -c "{PRINT}" && echo $GREETING && pip --version'
    job = shared.jobs.submit({"type": "command", "command": command, "environment": environment, "code": str(tmp_path)})
    done = shared.jobs.wait(job.name)
    assert done.state == "Completed", done.cause
    assert "six 1.16.0\nhello\npip " in file_of(shared, job, "std_log.txt")
    [warning] = done.warnings
    assert warning.message.startswith("The Docker image python is not used, because the compute has no Docker")
    again = shared.jobs.wait(shared.jobs.rerun(job.name).name)
    assert again.spec.environment == done.spec.environment


@pytest.mark.integration
def test_a_notebook_runs_in_it(shared, tmp_path):
    shared.environments.create({"name": "of-notebooks", **SIX})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PRINT + "; import mlflow")])
    notebook.metadata["kernelspec"] = {"name": "not-installed", "language": "python", "display_name": "x"}
    nbformat.write(notebook, tmp_path / "train.ipynb")
    job = shared.jobs.submit(
        {"type": "notebook", "notebook": str(tmp_path / "train.ipynb"), "environment": "azureml:of-notebooks@latest"}
    )
    done = shared.jobs.wait(job.name)
    assert done.state == "Completed", done.cause
    assert done.spec.environment == "azureml:of-notebooks:1"
    assert "six 1.16.0" in file_of(shared, job, "std_log.txt")
    assert "six==1.16.0\n" in file_of(shared, job, "packages.txt")
    [edge] = shared.lineage.get(job.name).edges
    assert (edge.source, edge.role) == ("environment:of-notebooks:1", "environment")


@pytest.mark.integration
def test_an_environment_that_cannot_be_installed(shared, tmp_path):
    job = shared.jobs.submit(
        {"type": "command", "command": "true", "environment": {"requirements": ["six==99"]}, "code": str(tmp_path)}
    )
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause.kind) == ("Failed", "environment")
    assert "no version of six==99" in done.cause.message
