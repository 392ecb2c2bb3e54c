# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A type of jobs that is declared here alone is submitted, listed, launched, and has a form."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.eventlog.signing import SigningKeys
from jupyter_ml.schemas.forms import FormQuery
from jupyter_ml.schemas.job_spec import JobSpec
from jupyter_ml.schemas.launch import AttemptFolder, Launch
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.reference_fields import LocalLocation
from jupyter_ml.schemas.specs import JOB_SPECS, JobSubmission
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
from jupyter_ml.services.jobs.types.base import JobType
from jupyter_ml.services.jobs.types.registry import JOB_TYPES
from jupyter_ml.supervisor.preparing import ensure_run, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping


class SqlJob(JobSpec):
    """Run an SQL script on a database."""

    path_fields = ("code", "script")
    similar_by = ("script",)

    type: Literal["sql"] = "sql"
    script: LocalLocation
    limit: int = 100

    @property
    def program(self) -> str:
        """Path of the script."""
        return self.script

    @property
    def source(self) -> str:
        """File name of the script."""
        return Path(self.script).name


class SqlType(JobType[SqlJob]):
    """Jobs that run an SQL script."""

    suffixes = (".sql",)
    mlflow_source_type = "SQL"

    def from_file(
        self, path: Path, parameters: Mapping[str, str], settings: Mapping[str, Any], code: Path | None
    ) -> LoadedSpec[SqlJob]:
        """Return the job that runs a script."""
        return LoadedSpec.of(SqlJob, code, {"script": str(path), **parameters}, settings)

    def validate(
        self, loaded: LoadedSpec[SqlJob], notebook: Path | None, kernels: Path
    ) -> tuple[SqlJob, dict[str, Any]]:
        """Return the spec with its limit as a value."""
        if "select" not in Path(loaded.spec.script).read_text().lower():
            raise InvalidInputError("script: selects nothing", field="script")
        return loaded.spec, {"limit": loaded.spec.limit}

    def launch(self, spec: SqlJob, folder: AttemptFolder, common: Mapping[str, Any]) -> Launch:
        """Return the launch file of a command that prints the script."""
        return Launch(type="command", command=f'head -c "$LIMIT" {spec.source}', **common)

    def variables(self, spec: SqlJob, folder: AttemptFolder) -> dict[str, str]:
        """Return the limit."""
        return {"LIMIT": str(spec.limit)}


@pytest.fixture(autouse=True)
def sql(monkeypatch):
    monkeypatch.setitem(JOB_SPECS, "sql", SqlJob)
    monkeypatch.setitem(JOB_TYPES, SqlJob, SqlType())


@pytest.fixture
def quiet(workspace, tmp_path, monkeypatch):
    """Return a workspace without a supervisor, which would not know the type."""
    monkeypatch.setattr(type(workspace.supervisor), "ensure", lambda self: None)
    monkeypatch.setattr("jupyter_ml.services.jobs.listing.IMPORT_TIMEOUT_S", 0.0)  # nothing imports runs
    monkeypatch.chdir(tmp_path)  # not in a git repository
    return workspace


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "queries" / "top.sql"
    path.parent.mkdir()
    path.write_text("SELECT * FROM sales")
    return path


def test_it_is_submitted_from_a_file_from_yaml_and_over_rest(quiet, script):
    of_file = quiet.jobs.submit_file(script, {"limit": "6"})
    assert (of_file.type, of_file.source, of_file.parameters) == ("sql", "top.sql", {"limit": 6})
    assert of_file.experiment_name == "queries"

    (script.parent / "job.yml").write_text("script: top.sql\nlimit: 7\n")
    of_yaml = quiet.jobs.submit_yaml(script.parent / "job.yml")
    assert of_yaml.spec == SqlJob(script=str(script), limit=7)

    body = {"job": {"type": "sql", "script": "queries/top.sql", "code": "queries"}}
    submission = JobSubmission.model_validate_json(json.dumps(body))
    of_rest = quiet.jobs.submit(submission.job, root=script.parent.parent)
    assert of_rest.spec == SqlJob(script=str(script), code=str(script.parent))
    assert of_rest.snapshot is not None

    found = quiet.jobs.list(JobQuery(types=["sql"], sort="name", descending=False))
    assert {job.name for job in found.items} == {of_file.name, of_yaml.name, of_rest.name}
    assert type(found.items[0].spec) is SqlJob
    assert quiet.jobs.submit({"type": "sql", "script": "x"}, rerun_of=of_rest.name).snapshot == of_rest.snapshot


def test_its_mistakes_are_found_before_it_is_queued(quiet, script):
    with pytest.raises(InvalidInputError, match="script: this key is required"):
        quiet.jobs.submit({"type": "sql"})
    with pytest.raises(InvalidInputError, match=r"limt: unknown key \(did you mean 'limit'\?\)"):
        quiet.jobs.submit({"type": "sql", "script": str(script), "limt": 1})
    script.write_text("DROP TABLE sales")
    with pytest.raises(InvalidInputError, match="script: selects nothing"):
        quiet.jobs.submit_file(script)


@pytest.mark.integration
def test_the_executor_runs_what_it_launches(quiet, script):
    from mlflow import MlflowClient

    job = quiet.jobs.submit_file(script, {"limit": "6"})
    job = quiet._context.store.jobs.get(job.name).model_copy(update={"attempt": 1})
    keys = SigningKeys.create()
    run_id = ensure_run(quiet._context, job, adopted=False)
    process = prepare(quiet._context, job, run_id, "token", keys.signing)
    folder = AttemptFolder(quiet._context.layout.attempt(job.name, 1))
    assert (folder.work / "top.sql").exists()
    subprocess.run(process.argv, cwd=process.cwd, env=process.env, input=process.stdin, check=True)
    assert folder.std_log.read_text() == "SELECT"
    assert MlflowClient(quiet.tracking_uri).get_run(run_id).data.tags["mlflow.source.type"] == "SQL"


def test_it_has_a_form(quiet, script):
    form = quiet.forms.get(FormQuery(path="queries/top.sql"), script.parent.parent)
    assert form.data == {
        "type": "sql",
        "script": "queries/top.sql",
        "code": "queries",
        "experiment_name": "queries",
        "compute": "local",
    }
    job = quiet.jobs.submit(form.data, root=script.parent.parent)
    again = quiet.forms.get(FormQuery(job=job.name), script.parent.parent)
    assert again.data == form.data | {"secrets": {}}


def test_each_model_of_a_spec_has_a_type():
    assert list(JOB_TYPES) == list(JOB_SPECS.values())
    assert [model.model_fields["type"].default for model in JOB_SPECS.values()] == list(JOB_SPECS)
