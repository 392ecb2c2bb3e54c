# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Code reads data by name, in jobs and elsewhere, and the lineage records it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.states import JobState
from jupyter_ml.storage import places
from tests.storage_servers import CSV, FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.services.workspace import Workspace
    from tests.storage_servers import StorageServer

READ = """
import fsspec, pandas, duckdb
print("version", pandas.read_csv("azureml://data/table/versions/1").shape)
print("label", pandas.read_csv("azureml://data/table/labels/latest").b.sum())
print("inside", pandas.read_csv("azureml://data/all/versions/1/year=2025/a.csv").a.sum())
files = fsspec.filesystem("azureml")
found = files.glob("azureml://data/all/versions/1/**/*.csv")
print("glob", *found, sum(len(files.cat_file(each)) for each in found))
print("short", files.cat_file("azureml:table@latest").decode().count(","))
connection = duckdb.connect()
connection.register_filesystem(files)
print("duckdb", connection.sql("SELECT sum(b) FROM 'azureml://data/all/labels/latest/year=*/*.csv'").fetchall())
for name in ("data/none/versions/1", "data/table/versions/7", "registries/r/data/table/versions/1", "models/m"):
    try:
        files.cat_file("azureml://" + name)
    except Exception as error:
        print("error", type(error).__name__, error)
"""


@pytest.fixture
def lake(shared: Workspace, s3_server: StorageServer) -> Iterator[Workspace]:
    shared.datastores.create({"name": "named", **s3_server.spec})
    yield shared
    shared.datastores.delete("named")


def edges(workspace: Workspace, node: str) -> set[tuple[str, str]]:
    return {(edge.source, edge.role) for edge in workspace.lineage.get(node, down=False, depth=1).edges}


def test_a_job_reads_data_of_a_bucket_by_its_name(lake: Workspace, tmp_path) -> None:
    top = "azureml://datastores/named/paths"
    lake.data.create({"name": "table", "path": f"{top}/titanic.csv"})
    lake.data.create({"name": "all", "path": top, "type": "uri_folder"})
    (tmp_path / "read.py").write_text(READ)
    job = lake.jobs.submit({"type": "command", "command": "python read.py", "code": str(tmp_path)})
    done = lake.jobs.wait(job.name)
    attempt = lake.folder / "jobs" / job.name / "1"
    log = (attempt / "std_log.txt").read_text()
    assert done.state is JobState.COMPLETED, log
    names = [f"data/all/versions/1/{name}" for name in sorted(FILES)]
    for line in (
        "version (2, 2)",
        "label 6",
        "inside 4",
        f"glob {' '.join(names)} {sum(map(len, FILES.values()))}",
        f"short {CSV.count(',')}",
        "duckdb [(12,)]",
        "error NotFoundError there is no data 'none'",
        "error NotFoundError",
        "error InvalidInputError",
        "is a model: load it with MLflow",
    ):
        assert line in log
    assert edges(lake, job.name) == {("data:table:1", "read"), ("data:all:1", "read")}
    assert not (attempt / "responses").exists()
    assert not any(secret in log for secret in ("AKIA", "secret"))


def test_a_label_means_one_version_in_a_job_and_a_name_may_appear_later(shared: Workspace, tmp_path) -> None:
    code = """
import fsspec, jupyter_ml
files, data = fsspec.filesystem("azureml"), jupyter_ml.Workspace.open().data
def read(name):
    files.invalidate_cache()
    try:
        return files.cat_file(f"azureml://data/later/{name}").decode()
    except jupyter_ml.errors.NotFoundError:
        return "none"
def write(text):
    open(f"{text}.txt", "w").write(text)
    data.create({"name": "later", "path": f"{text}.txt"})
print("before", read("labels/latest"))
write("one")
print("first", read("labels/latest"), read("versions/2"))
write("two")
print("second", read("labels/latest"), read("versions/2"))
"""
    (tmp_path / "read.py").write_text(code)
    job = shared.jobs.submit({"type": "command", "command": "python read.py", "code": str(tmp_path)})
    shared.jobs.wait(job.name)
    log = (shared.folder / "jobs" / job.name / "1" / "std_log.txt").read_text()
    assert "before none\nfirst one none\nsecond one two\n" in log


@pytest.fixture
def named(workspace: Workspace, tmp_path) -> Workspace:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "a.csv").write_text(CSV)
    workspace.data.create({"name": "folder", "path": str(tmp_path / "train")})
    workspace.data.create({"name": "file", "path": str(tmp_path / "train" / "a.csv")})
    return workspace


def test_files_are_listed_and_read_and_nothing_is_written(named: Workspace, tmp_path) -> None:
    files = named.data.filesystem()
    top = "data/folder/versions/1"
    assert files.find(f"azureml://{top}") == [f"{top}/a.csv"]
    assert files.info(f"azureml://{top}/a.csv") == {**files.info(f"{top}/a.csv"), "size": len(CSV), "type": "file"}
    assert files.isdir(top)
    assert files.cat_file("azureml:file:1").decode() == files.cat_file("data/file").decode() == CSV
    assert files.info("azureml:file@latest")["name"] == "data/file@latest"
    short = f"azureml://subscriptions/s/resourcegroups/g/workspaces/{named._context.settings.name}/data/file/versions/1"
    assert files.cat_file(short).decode() == CSV
    for write in (
        lambda: files.pipe_file(f"{top}/b.csv", b"x"),
        lambda: files.open(f"{top}/a.csv", "ab"),
        lambda: files.rm(f"{top}/a.csv"),
        lambda: files.rm(top, recursive=True),
        lambda: files.makedirs(f"{top}/new"),
        lambda: files.rmdir(f"{top}"),
    ):
        with pytest.raises(InvalidInputError, match="read only"):
            write()
    assert [each.name for each in (tmp_path / "train").iterdir()] == ["a.csv"]
    (tmp_path / "train" / "out.csv").symlink_to("/etc/hostname")
    for path, error in (
        (f"{top}/out.csv", InvalidInputError),
        (f"{top}/../x", InvalidInputError),
        ("data/no", NotFoundError),
    ):
        with pytest.raises(error):
            files.cat_file(path)
    with pytest.raises(FileNotFoundError):
        files.cat_file(f"{top}/none.csv")


def test_a_label_is_looked_up_again(named: Workspace, tmp_path, monkeypatch) -> None:
    files, times = named.data.filesystem(), [0.0]
    monkeypatch.setattr(places.time, "monotonic", lambda: times[0])
    assert files.cat_file("data/file/labels/latest").decode() == CSV
    (tmp_path / "b.csv").write_text("new")
    named.data.create({"name": "file", "path": str(tmp_path / "b.csv")})
    assert files.cat_file("data/file/labels/latest").decode() == CSV
    times[0] += places.LABEL_S + 1
    assert files.cat_file("data/file/labels/latest") == b"new"
    assert files.cat_file("data/file/versions/1").decode() == CSV


@pytest.mark.integration
def test_data_of_a_web_server(named: Workspace, http_server: StorageServer) -> None:
    named.datastores.create({"name": "web", **http_server.spec})
    named.data.create({"name": "spaces", "path": "azureml://datastores/web/paths/year=2026/", "type": "uri_folder"})
    files = named.data.filesystem()
    [found] = files.find("data/spaces/versions/1")
    assert files.cat_file(found).decode() == CSV
    events = [event.type for event in named._context.store.events.since(0)]
    assert "datastore_secret_read" in events


def test_a_notebook_is_recorded(named: Workspace, monkeypatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "work/read.ipynb")
    assert named.data.filesystem().cat_file("azureml:file:1").decode() == CSV
    named.data.locate("azureml:folder@latest", notebook="other.ipynb")
    assert edges(named, "notebook:work/read.ipynb") == {("data:file:1", "read")}
    assert edges(named, "notebook:other.ipynb") == {("data:folder:1", "read")}


def test_a_program_without_a_broker_gets_a_hint(monkeypatch) -> None:
    monkeypatch.delenv("JUPYTER_ML_BROKER", raising=False)
    with pytest.raises(UnavailableError, match=r"Workspace\.open\(\)\.data\.filesystem\(\)"):
        places.Places().place("data/file/versions/1")
