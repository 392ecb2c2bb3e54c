# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data is shown wherever it is, and a worker gets credentials neither in its environment nor in its command."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.storage.azureml import AzureMLFileSystem
from tests.storage_servers import CSV, MARK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ml.services.data import DataService
    from jupyter_ml.services.workspace import Workspace
    from tests.storage_servers import StorageServer

pytestmark = pytest.mark.integration

LAKE = "azureml://datastores/lake/paths"


@pytest.fixture
def data(workspace: Workspace) -> Iterator[DataService]:
    with closing(workspace.data) as data:
        yield data


def test_files_of_a_server(workspace: Workspace, data: DataService, storage_server: StorageServer) -> None:
    workspace.datastores.create({"name": "lake", **storage_server.spec})
    found = data.rows(f"{LAKE}/titanic.csv", offset=1)
    assert (found.rows, found.total, found.path) == ([[3, 4]], 2, f"{LAKE}/titanic.csv")
    profile = data.profile(f"{LAKE}/titanic.csv")
    assert (profile.complete, profile.columns[1].maximum) == (True, 4)
    if storage_server.spec["type"] == "http":  # Python's server has no ranges
        assert found.format.notes == ["The server sends whole files only: this one was copied."]
    folder = data.rows(f"{LAKE}/year=2025/")
    assert (folder.rows, folder.format.files) == ([[1, 2], [3, 4]], 1)
    with pytest.raises(NotFoundError, match=r"none\.csv does not exist"):
        data.rows(f"{LAKE}/none.csv")
    for worker in psutil.Process().children():
        block = " ".join([*worker.cmdline(), *worker.environ().values()])
        assert not any(secret in block for secret in storage_server.secrets)


@pytest.fixture
def public(tmp_path: Path) -> Iterator[str]:
    """Return the URL of a web server with a file."""
    (tmp_path / "web").mkdir()
    for name in ("c.csv", "parts/2026/d.csv", "parts/2027/e.csv"):
        path = tmp_path / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CSV)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "web"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_url_that_is_in_no_datastore(data: DataService, public: str) -> None:
    data.create({"name": "web", "path": f"{public}/c.csv"})
    for reference in ("azureml:web:1", f"{public}/c.csv"):
        assert data.rows(reference).rows == [[1, 2], [3, 4]]
    with pytest.raises(NotFoundError, match=r"http\.127\.0\.0\.1-\d+\.\w+/paths/none\.csv does not exist"):
        data.rows(f"{public}/none.csv")


def test_files_of_a_server_without_ranges(workspace: Workspace, data: DataService, public: str, tmp_path: Path) -> None:
    (tmp_path / "web" / "large.csv").write_text("a,b\n" + "1,22222222222222222222\n" * 200_000)
    large = data.rows(f"{public}/large.csv", offset=199_999)
    assert (large.rows[0][0], large.total) == (1, 200_000)
    assert large.format.notes == ["The server sends whole files only: this one was copied."]
    workspace.datastores.create({"name": "web", "type": "http", "url": public})
    folder = data.rows("azureml://datastores/web/paths/parts/")
    assert folder.rows == [[1, 2], [3, 4]] * 2
    assert folder.format.notes == ["The server sends whole files only: 2 were copied."]
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "own.csv").write_text(CSV)
    paths = [f"file: {public}/c.csv", "folder: azureml://datastores/web/paths/parts/", "file: own.csv"]
    (tmp_path / "table" / "MLTable").write_text("paths:\n" + "".join(f"- {each}\n" for each in paths))
    table = data.rows(str(tmp_path / "table"))
    assert table.rows == [[1, 2], [3, 4]] * 4
    assert table.format.notes == ["The server sends whole files only: 3 were copied."]


def test_the_first_rows_do_not_download_a_large_file(workspace: Workspace, data: DataService, s3_server) -> None:
    workspace.datastores.create({"name": "lake", **s3_server.spec})
    files = AzureMLFileSystem(lambda name, _: workspace.datastores.connection(name))
    files.pipe_file(f"{LAKE}/large.csv", b"a,b\n" + b"1234567,abcdefghijklmnopqrstuvwxyz\n" * 1_000_000)
    try:
        assert data.rows(f"{LAKE}/large.csv").rows[0] == [1234567, "abcdefghijklmnopqrstuvwxyz"]
        first = data.rows(f"{LAKE}/large.csv")
        assert first.total is None  # the lines are counted when more rows are asked for
        assert data.rows(f"{LAKE}/large.csv", offset=999_999).rows == [[1234567, "abcdefghijklmnopqrstuvwxyz"]]
        assert data.rows(f"{LAKE}/large.csv").total == 1_000_000
    finally:
        files.rm_file(f"{LAKE}/large.csv")


def test_a_table_names_places_elsewhere(
    workspace: Workspace, data: DataService, s3_server: StorageServer, public: str, tmp_path: Path
) -> None:
    workspace.datastores.create({"name": "lake", **s3_server.spec})
    (tmp_path / "own.csv").write_text(CSV)
    data.create({"name": "own", "path": str(tmp_path / "own.csv")})
    long = f"azureml://subscriptions/s/resourcegroups/g/workspaces/{workspace._context.settings.name}/datastores/lake/paths"
    paths = [
        f"file: {LAKE}/titanic.csv",
        f"pattern: {long}/year=2025/*.csv",
        "file: s3://lake/data/year=2026/b%20c.csv",
        "file: azureml:own@latest",
    ]
    tables = count()

    def rows(*given: str) -> list[list[object]]:
        folder = tmp_path / f"table-{next(tables)}"  # what one has is remembered for seconds
        folder.mkdir()
        (folder / "MLTable").write_text("paths:\n" + "".join(f"- {each}\n" for each in given))
        assert data.profile(str(folder), exact=False).columns[0].maximum == 3
        return data.rows(str(folder), limit=10).rows

    assert rows(*paths) == [[1, 2], [3, 4]] * 4
    assert rows(f"file: {public}/c.csv") == [[1, 2], [3, 4]]
    for path, message in (
        ("file: azureml://datastores/none/paths/a.csv", "paths.0.file: there is no datastore 'none'"),
        ("file: azureml:none:1", "paths.0.file: there is no data 'none'"),
        ("file: azureml://registries/r/data/a/versions/1", "is in the registry 'r'"),
        (f"file: {public}/c.csv?sig=secret-value", "has a secret ('sig')"),
        (f"file: {LAKE}/none.csv", "none.csv does not exist"),
        ("folder: azureml:own:1", "is a file: write file"),
    ):
        with pytest.raises((InvalidInputError, NotFoundError)) as caught:
            rows(path)
        assert "MLTable:2" in str(caught.value)
        assert message in str(caught.value)
        assert "secret-value" not in str(caught.value)


def test_a_table_on_a_server(workspace: Workspace, data: DataService, storage_server: StorageServer) -> None:
    if storage_server.spec["type"] == "http":
        pytest.skip("the server accepts no files")
    workspace.datastores.create({"name": "lake", **storage_server.spec})
    files = AzureMLFileSystem(lambda name, _: workspace.datastores.connection(name))
    steps = "- read_delimited:\n    include_path_column: true\n- filter: col('a') == 3\n- drop_columns: a\n"
    top = f"{LAKE}/described"
    try:
        files.makedirs(f"{top}/parts")
        files.pipe_file(f"{top}/parts/b c.csv", b"a,b\n1,2\n3,4\n")
        files.pipe_file(f"{top}/MLTable", f"paths:\n- pattern: p*/*.csv\ntransformations:\n{steps}".encode())
        for path in (top, f"{top}/MLTable"):
            found = data.rows(path)
            assert (found.rows, found.format.files) == ([[4, "parts/b c.csv"]], 1)
        files.pipe_file(f"{top}/MLTable", b"paths:\n- file: /etc/passwd\n")
        data.close()  # the files found are remembered for seconds
        with pytest.raises(InvalidInputError, match=r"MLTable:2: paths\.0\.file: /etc/passwd is a path of a machine"):
            data.rows(top)
    finally:
        files.rm(top, recursive=True)
        files.close()


def test_wrong_credentials(workspace: Workspace, data: DataService, storage_server: StorageServer) -> None:
    workspace.datastores.create({"name": "lake", **storage_server.wrong()})
    with pytest.raises((UnavailableError, InvalidInputError, NotFoundError)) as caught:
        data.rows(f"{LAKE}/titanic.csv")
    assert MARK not in str(caught.value)
    workspace.datastores.update("lake", {"credentials": storage_server.spec["credentials"]})
    assert data.rows(f"{LAKE}/titanic.csv").total == 2  # the new ones are used at once


def test_a_look(data: DataService, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,n\n<b>,1\nx,\n")
    preview = data.preview(str(tmp_path / "a.csv"), filters=[{"column": "n", "value": 1}])
    assert preview.rows.rows == [["<b>", 1]]
    assert "n: BIGINT, 1 empty, 1 to 1, 1 distinct" in repr(preview)
    assert "<td>&lt;b&gt;</td>" in preview._repr_html_()
    assert "all 2 rows" in preview._repr_html_()


def test_pages_far_behind_are_waited_for(data: DataService, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n" + "".join(f"{number},x\n" for number in range(400_000)) + "\n" + "9,z\n")
    assert data.rows(str(file), limit=1).rows == [[0, "x"]]
    assert data.rows(str(file), offset=399_999).rows == [[399_999, "x"], [9, "z"]]  # a blank line: without an index
    file.write_text("text\n" * 50 + "last")
    file.rename(tmp_path / "a.log")
    assert data.rows(str(tmp_path / "a.log"), offset=50).rows == [["last"]]


def test_the_profile_of_a_directory_is_stored_until_a_file_changes(data: DataService, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_text("a\n1\n")
    profile = data.profile(str(folder))
    assert data.profile(str(folder)) == profile
    (folder / "b.csv").write_text("a\n5\n")
    data.close()
    assert data.profile(str(folder)).columns[0].maximum == 5
