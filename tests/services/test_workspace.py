# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import stat

import pytest

from jupyter_ml import Workspace
from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError, WorkspaceError
from tests.kinds import declare


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    monkeypatch.delenv("JUPYTER_ML_WORKSPACE", raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))


def test_the_nearest_workspace_upwards_else_the_users_own(tmp_path, monkeypatch):
    inner = tmp_path / "project" / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    with Workspace.open() as found:
        assert found.folder == tmp_path / "data" / "jupyter-ml" / "default"
    with Workspace.init(tmp_path / "project") as made:
        assert made.name == "project"
    with Workspace.open() as found:
        assert found.folder == tmp_path / "project" / ".jupyter-ml"
    with Workspace.init(tmp_path, name="other"):
        monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(tmp_path))
    with Workspace.open() as found:
        assert found.name == "other"
    with Workspace.open(tmp_path / "project" / ".jupyter-ml") as found:
        assert found.name == "project"


def test_a_typing_error_creates_no_workspace(tmp_path, monkeypatch):
    with pytest.raises(WorkspaceError, match="jupyter ml workspace init"):
        Workspace.open(tmp_path)
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(tmp_path / "nowhere"))
    with pytest.raises(WorkspaceError, match="JUPYTER_ML_WORKSPACE"):
        Workspace.open()
    (tmp_path / "file").touch()
    with pytest.raises((InvalidInputError, WorkspaceError), match="file"):
        Workspace.init(tmp_path / "file")


def test_init_does_not_overwrite_a_workspace(tmp_path):
    Workspace.init(tmp_path).close()
    with pytest.raises(ConflictError, match="already"):
        Workspace.init(tmp_path)


def test_wrong_settings_are_named_with_their_line(tmp_path):
    Workspace.init(tmp_path).close()
    (tmp_path / ".jupyter-ml" / "workspace.yml").write_text("name: x\nlocal:\n  max_concurent: 2\n")
    with pytest.raises(InvalidInputError, match=r"workspace.yml:3: local.max_concurent: .*'max_concurrent'"):
        Workspace.open(tmp_path)


def test_everything_is_for_the_owner_only(tmp_path):
    with Workspace.init(tmp_path) as made:
        made.jobs.counts()
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(made._context.layout.database.stat().st_mode) == 0o600


def test_a_directory_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "file"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceError, match="cannot be created"):
        Workspace.open()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_facade_shows_resources_and_nothing_internal(workspace):
    public = {name for name in dir(workspace) if not name.startswith("_")}
    assert public == {
        "close",
        "computes",
        "data",
        "datastores",
        "diagnose",
        "environments",
        "event_logs",
        "experiments",
        "files",
        "filters",
        "folder",
        "follow",
        "forks",
        "forms",
        "info",
        "init",
        "jobs",
        "lineage",
        "metrics",
        "models",
        "name",
        "open",
        "repair",
        "resources",
        "runs",
        "servers",
        "service_connections",
        "supervisor",
        "tracking_environment",
        "tracking_ui",
        "tracking_uri",
        "vault",
    }


def test_lists_take_queries_as_mappings(workspace):
    workspace.experiments.create({"name": "trees"})
    assert workspace.experiments.list({"filter": "oak"}).total == 0
    assert [item.name for item in workspace.experiments.table({"sort": "name"})] == ["trees"]
    with pytest.raises(InvalidInputError, match="sort: must be 'name', 'created_at' or 'last_job_at'"):
        workspace.experiments.list({"sort": "speed"})


def test_a_kind_without_code_is_an_attribute(workspace, monkeypatch):
    declare(monkeypatch, workspace._context.store)
    assert workspace.online_endpoints.create({"name": "live"}).name == "live"
    assert workspace.notes.create_or_update({"name": "live", "pages": 3}).pages == 3
    assert workspace.papers.create({"name": "live"}).version == "1"
    assert {"online_endpoints", "experiments"} <= {*dir(workspace)}
    with pytest.raises(AttributeError, match=r"a workspace has no 'online_endpoint' \(did you mean 'online_endpoints'"):
        workspace.online_endpoint  # noqa: B018


@pytest.mark.parametrize("name", [5, None, b"x", ["x"]], ids=repr)
def test_a_name_that_is_not_text_is_refused_by_every_kind(tmp_path, name):
    with Workspace.init(tmp_path) as workspace:
        calls = [service.get for service in workspace.resources.values()]
        calls += [service.versions for service in workspace.resources.values() if service.kind.name.versioned]
        calls += [workspace.jobs.handle, workspace.jobs.attempts, workspace.experiments.delete, workspace.data.archive]
        for call in calls:
            with pytest.raises(InvalidInputError, match=r"name: must be text \(got "):
                call(name)


@pytest.mark.parametrize("name", ["nul\0", "half\ud800", "..", "a" * 10_000], ids=ascii)
def test_a_name_that_no_database_can_store_is_not_found(tmp_path, name):
    with Workspace.init(tmp_path) as workspace:
        for service in workspace.resources.values():
            with pytest.raises((InvalidInputError, NotFoundError)):
                service.get(name)


@pytest.mark.parametrize("revision", ["1", True, 0, -1, 1.0], ids=repr)
def test_a_revision_is_a_whole_number(tmp_path, revision):
    with Workspace.init(tmp_path) as workspace:
        workspace.experiments.create({"name": "one"})
        with pytest.raises(InvalidInputError, match=r"revision: must be a whole number above 0 \(got "):
            workspace.experiments.update("one", {"description": "x"}, revision=revision)


def test_a_service_shows_only_the_operations_of_its_kind(tmp_path):
    with Workspace.init(tmp_path) as workspace:
        assert len(dir(workspace)) == len(set(dir(workspace)))
        assert {"archive", "restore"}.isdisjoint(dir(workspace.datastores))
        assert {"save", "create_or_update"}.isdisjoint(dir(workspace.data))
        assert {"save", "create", "create_or_update", "test"} <= set(dir(workspace.datastores))
        assert repr(workspace.jobs) == f"JobService({str(workspace.folder)!r})"


def test_a_feed_that_cannot_read_the_database_leaves_nothing_open(workspace, monkeypatch):
    def last(_):
        raise UnavailableError("the database does not answer")

    monkeypatch.setattr(type(workspace._context.store.events), "last", last)
    with pytest.raises(UnavailableError):
        workspace.follow()
    assert not list((workspace.folder / "listeners").iterdir())
