# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Models are registered in MLflow's registry, shown, compared, downloaded and deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.schemas.references import JobOutput
from tests.services.jobs.artifacts import Artifacts

EXAMPLE = '{"columns": ["x"], "data": [[1.5]]}'


def save(folder: Path, *, package: str = "scikit-learn==1.9.1", kind: str = "double", weights: bytes = b"1") -> Path:
    """Write a directory as ``mlflow.save_model`` does."""
    folder.mkdir(parents=True)
    columns = json.dumps([{"name": "x", "type": kind, "required": True}])
    (folder / "MLmodel").write_text(
        "flavors:\n  sklearn: {sklearn_version: 1.9.1}\nmlflow_version: 3.17.0\nmodel_size_bytes: 7\n"
        "saved_input_example_info: {artifact_path: input_example.json}\n"
        f"signature: {{inputs: '{columns}'}}\n"
    )
    (folder / "requirements.txt").write_text(f"# saved\n{package}\nnumpy==2.2.1 ; python_version > '3'\n")
    (folder / "python_env.yaml").write_text("python: 3.11.9\nbuild_dependencies: [pip]\n")
    (folder / "input_example.json").write_text(EXAMPLE)
    (folder / "data").mkdir()
    (folder / "data" / "weights.bin").write_bytes(weights)
    return folder


@pytest.fixture
def saved(tmp_path):
    return save(tmp_path / "saved")


def contents(workspace):
    folder = workspace.folder / "artifacts" / "registered-models"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_workspace_without_models(workspace):
    assert workspace.models.list().total == 0
    with pytest.raises(NotFoundError, match="there is no model 'none'"):
        workspace.models.get("none")


def test_content_is_stored_once_and_removed_with_its_last_version(workspace, saved):
    first = workspace.models.create({"name": "titanic", "path": str(saved), "description": "ours"})
    assert (first.version, first.type, first.files, first.latest) == ("1", "mlflow_model", 5, True)
    (saved / "data" / "weights.bin").write_bytes(b"changed afterwards")
    with workspace.models.open("titanic:1", "data/weights.bin") as file:
        assert file.read() == b"1"
    second = workspace.models.create({"name": "titanic", "path": str(saved)})
    third = workspace.models.create({"name": "other", "path": str(saved)})
    assert first.digest != second.digest == third.digest
    assert contents(workspace) == sorted({first.digest, second.digest})
    workspace.models.delete("titanic:2")
    assert contents(workspace) == sorted({first.digest, third.digest})
    workspace.models.delete("titanic")
    assert contents(workspace) == [third.digest]
    assert [each.name for each in workspace.models.list().items] == ["other"]


def test_numbers_are_not_used_again(workspace, saved):
    for _ in range(2):
        workspace.models.register("titanic", str(saved))
    workspace.models.delete("titanic:2")
    assert workspace.models.get("titanic").version == "1"
    with pytest.raises(ConflictError, match="has had versions up to 2"):
        workspace.models.register("titanic", str(saved), version="2")
    with pytest.raises(ConflictError, match="has a version '1' already") as error:
        workspace.models.register("titanic", str(saved), version="1")
    assert error.value.current["version"] == "1"
    assert workspace.models.register("titanic", str(saved), version="10").version == "10"
    assert workspace.models.register("titanic", str(saved)).version == "11"


def test_aliases_tags_and_stages(workspace, saved):
    workspace.models.register("titanic", str(saved), labels=["champion"], stage="production", tags={"team": "a"})
    workspace.models.register("titanic", str(saved), labels=["champion"])
    assert workspace.models.get("titanic@champion").version == "2"
    assert workspace.models.get("azureml:titanic@champion").version == "2"
    before = workspace.models.get("titanic:1")
    assert (before.labels, before.stage) == ([], "Production")
    after = workspace.models.update("titanic:1", {"stage": None, "tags": {"team": None, "a b": "c"}, "labels": ["x"]})
    assert (after.stage, after.tags, after.labels) == (None, {"a b": "c"}, ["x"])
    with pytest.raises(ConflictError, match="has been changed"):
        workspace.models.update("titanic:1", {"description": "x"}, revision=before.revision)
    assert workspace.models.update("titanic@x", {"description": "y"}, revision=after.revision).description == "y"
    with pytest.raises(InvalidInputError, match="write titanic:2"):
        workspace.models.update("titanic", {"description": "x"})
    with pytest.raises(NotFoundError, match="has no alias 'champoin' \\(did you mean 'champion'"):
        workspace.models.get("titanic@champoin")
    assert [each.stage for each in workspace.models.details("titanic:1").stages] == ["Production", "None"]


def test_archived_versions_are_left_out_and_keep_their_stage(workspace, saved):
    for stage in ("Staging", None):
        workspace.models.register("titanic", str(saved), stage=stage)
    workspace.models.archive("titanic:2")
    assert workspace.models.get("titanic").version == "1"
    assert workspace.models.versions("titanic").total == 1
    workspace.models.archive("titanic")
    assert workspace.models.list().total == 0
    assert workspace.models.list({"archived": True}).items[0].version == "2"
    assert workspace.models.list({"filter": "is:archived titan"}).total == 1
    workspace.models.restore("titanic")
    assert [each.stage for each in workspace.models.versions("titanic").items] == [None, "Staging"]


def test_each_change_is_an_event(workspace, saved):
    start = workspace._context.store.events.last()
    workspace.models.register("titanic", str(saved))
    workspace.models.register("titanic", str(saved))
    workspace.models.update("titanic:1", {"stage": "Staging"})
    workspace.models.update("titanic:1", {"stage": "staging"})  # no change
    workspace.models.update("titanic:1", {"labels": ["x"]})
    workspace.models.archive("titanic:1")
    workspace.models.delete("titanic:1")
    workspace.models.delete("titanic:2")
    events = workspace._context.store.events.since(start)
    assert [(event.type.removeprefix("model_"), event.data["version"]) for event in events] == [
        ("created", "1"),
        ("created", "2"),
        ("stage_changed", "1"),
        ("updated", "1"),
        ("archived", "1"),
        ("version_deleted", "1"),
        ("deleted", None),
    ]
    assert (events[2].data["previous"], events[2].data["stage"]) == (None, "Staging")


def test_other_clients_of_mlflow_see_the_same(workspace, saved, monkeypatch):
    import mlflow

    ours = workspace.models.register("titanic", str(saved), labels=["champion"], description="ours")
    mlflow.set_tracking_uri(workspace.tracking_uri)
    client = mlflow.MlflowClient(workspace.tracking_uri, workspace.tracking_uri)
    theirs = client.get_model_version_by_alias("titanic", "champion")
    assert (theirs.version, theirs.description, theirs.source) == (1, "ours", ours.path)
    downloaded = mlflow.artifacts.download_artifacts("models:/titanic@champion", tracking_uri=workspace.tracking_uri)
    assert Path(downloaded, "data", "weights.bin").read_bytes() == b"1"

    client.create_registered_model("With Spaces")
    client.create_model_version("With Spaces", str(saved))
    client.set_registered_model_alias("With Spaces", "champion", "1")
    client.set_model_version_tag("With Spaces", "1", "team", "b")
    with pytest.warns(FutureWarning, match="stages"):
        client.transition_model_version_stage("With Spaces", "1", "Archived")
    assert [each.name for each in workspace.models.list().items] == ["titanic"]
    found = workspace.models.get("With Spaces@champion")
    assert (found.archived, found.tags, found.files) == (True, {"team": "b"}, None)
    workspace.models.restore("With Spaces:1")
    assert client.get_model_version("With Spaces", "1").current_stage == "None"
    client.delete_model_version("With Spaces", "1")
    assert [each.name for each in workspace.models.list().items] == ["titanic"]


def test_prompts_are_not_models(workspace, saved):
    from mlflow import MlflowClient

    MlflowClient(workspace.tracking_uri, workspace.tracking_uri).register_prompt("greeting", "Hello {{name}}")
    assert workspace.models.list().total == 0
    with pytest.raises(ConflictError, match="'greeting' is a prompt"):
        workspace.models.register("greeting", str(saved))


def test_a_model_that_a_run_has_logged_is_not_copied(workspace, saved):
    from mlflow import MlflowClient

    tracking = workspace._context.tracking
    run_id = tracking.create_run(experiment="e", name="r", tags={})
    client = MlflowClient(workspace.tracking_uri, workspace.tracking_uri)
    run = client.get_run(run_id)
    logged = client.create_logged_model(run.info.experiment_id, name="m", source_run_id=run_id)
    client.log_model_artifacts(logged.model_id, str(saved))
    client.finalize_logged_model(logged.model_id, "READY")
    model = workspace.models.register("titanic", f"models:/{logged.model_id}")
    assert (model.path, model.run_id) == (f"models:/{logged.model_id}", run_id)
    again = workspace.models.register("copy", "azureml:titanic@latest")
    assert again.path == "models:/titanic/1"
    assert contents(workspace) == []
    assert workspace.models.details("copy").flavors == {"sklearn": "1.9.1"}
    workspace.models.delete("titanic")
    assert workspace.models.files("copy").items[0].path == "MLmodel"
    client.log_artifacts(run_id, str(saved), "kept")
    of_run = workspace.models.register("titanic", f"runs:/{run_id}/kept")
    assert (of_run.run_id, contents(workspace)) == (run_id, [of_run.digest])
    with pytest.raises(InvalidInputError, match="path: there is no logged model"):
        workspace.models.register("x", "models:/m-0123456789abcdef")


def test_outputs_of_a_job(workspace):
    job = Artifacts(workspace, "trainer")
    job.write("work/outputs/model/MLmodel", "flavors: {}\n")
    job.log("notes.txt")
    model_id = job.log_model("net")
    model = workspace.models.register("titanic", str(JobOutput("trainer", "model")))
    assert (model.type, model.files, model.source.job, model.run_id) == ("mlflow_model", 1, "trainer", job.run_id)
    single = workspace.models.register("notes", "azureml://jobs/trainer/outputs/artifacts/paths/notes.txt")
    assert (single.type, single.source.job) == ("custom_model", "trainer")
    assert [each.path for each in workspace.models.files("notes").items] == ["notes.txt"]
    logged = workspace.models.register("net", "azureml://jobs/trainer/outputs/artifacts/paths/net/")
    assert (logged.path, logged.source.job) == (f"models:/{model_id}", "trainer")
    with pytest.raises(InvalidInputError, match="job 'trainer' has no file 'outputs/none'"):
        workspace.models.register("x", str(JobOutput("trainer", "none")))


def test_a_path_in_a_datastore(workspace, saved):
    workspace.datastores.create({"name": "lake", "type": "local", "path": str(saved.parent)})
    found = workspace.models.register("titanic", "azureml://datastores/lake/paths/saved")
    assert found.files == 5
    one = workspace.models.register("weights", "azureml://datastores/lake/paths/saved/data/weights.bin")
    assert (one.type, one.files) == ("custom_model", 1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"path": "none"}, "path: .*none does not exist"),
        ({"path": "saved/data", "type": "mlflow_model"}, "has no MLmodel file: write type: custom_model"),
        ({"path": "https://example.com/m"}, "create a datastore for it"),
        (
            {"path": "azureml://registries/r/models/m/versions/1"},
            "is in the registry 'r', and only this workspace is searched: write azureml://models/m/versions/1",
        ),
        ({"path": "empty"}, "there are no files"),
        ({"path": "linked"}, "is a link to a directory"),
        ({"path": "saved", "version": "one"}, "versions of models are numbers"),
        ({"path": "saved", "version": "0"}, "versions of models are numbers"),
        ({"path": "saved", "labels": ["v1"]}, "cannot be an alias"),
        ({"path": "saved", "stage": "Live"}, "stage: .*Staging"),
        ({"path": "saved", "type": "triton_model"}, "type"),
    ],
)
def test_what_cannot_be_registered(workspace, saved, monkeypatch, fields, message):
    (saved.parent / "empty").mkdir()
    (saved.parent / "linked").mkdir()
    (saved.parent / "linked" / "x").symlink_to(saved)
    monkeypatch.chdir(saved.parent)
    with pytest.raises(InvalidInputError, match=message):
        workspace.models.create({"name": "titanic", **fields})
    assert workspace.models.list().total == 0
    assert contents(workspace) == []


def test_details_and_comparison(workspace, saved, tmp_path):
    workspace.models.register("a", str(saved))
    workspace.models.register("b", str(save(tmp_path / "2", package="Scikit_Learn==1.8.0", kind="long")))
    details = workspace.models.details("a")
    assert (details.python, details.mlflow_version, details.input_example) == ("3.11.9", "3.17.0", EXAMPLE)
    assert details.packages == ["scikit-learn==1.9.1", "numpy==2.2.1 ; python_version > '3'"]
    assert details.signature.inputs[0].type == "double"
    found = workspace.models.compare("a", "b:1")
    assert [(row.name, row.first, row.second) for row in found.packages] == [
        ("scikit-learn", "1.9.1", "1.8.0"),
        ("numpy", "2.2.1", "2.2.1"),
        ("python", "3.11.9", "3.11.9"),
    ]
    assert [(row.name, row.first, row.second) for row in found.signature] == [("inputs.x", "double", "long")]
    assert found.same_content is False
    assert workspace.models.compare("a", "a:1").same_content is True


def test_files_are_downloaded_into_a_new_directory(workspace, saved, tmp_path):
    workspace.models.register("titanic", str(saved))
    target = workspace.models.download("titanic:1", tmp_path / "copy")
    assert (target / "data" / "weights.bin").read_bytes() == b"1"
    with pytest.raises(ConflictError, match="is not empty"):
        workspace.models.download("titanic:1", target)
    assert len(b"".join(workspace.models.archive_files("titanic:1"))) > 500


def test_directories_that_contain_the_workspace_are_not_shown(workspace):
    from mlflow import MlflowClient

    client = MlflowClient(workspace.tracking_uri, workspace.tracking_uri)
    client.create_registered_model("hidden")
    client.create_model_version("hidden", str(workspace.folder))
    assert workspace.models.files("hidden").items == []
    assert "it contains other files of the workspace" in workspace.models.details("hidden").problem
