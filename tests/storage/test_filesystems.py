# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores of each type are read through fsspec, and nothing that is shown contains their credentials."""

from __future__ import annotations

import logging
import pickle
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import fsspec
import pytest

from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.datastores import DatastoreCreate
from jupyter_ml.schemas.validation import validated
from jupyter_ml.storage import filesystems
from jupyter_ml.storage.azureml import AzureMLFileSystem, register
from jupyter_ml.storage.masks import masked_errors
from tests.storage_servers import CSV, FILES, MARK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.storage_servers import StorageServer


def connection(spec: dict[str, Any]) -> Connection:
    given = validated(DatastoreCreate, {"name": "lake", **spec})
    return Connection(given.type, given.settings, given.secrets())


_OPENED: list[AzureMLFileSystem] = []


def opened(spec: dict[str, Any]) -> AzureMLFileSystem:
    _OPENED.append(AzureMLFileSystem(lambda *_: connection(spec), skip_instance_cache=True))
    return _OPENED[-1]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


URL = "azureml://datastores/lake/paths"
LONG = "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/lake/paths"


@pytest.mark.parametrize("top", [URL, LONG])
def test_files_are_listed_read_and_found_by_patterns(storage_server: StorageServer, top: str) -> None:
    files = opened(storage_server.spec)
    own = top.removeprefix("azureml://")
    assert files.cat_file(f"{top}/titanic.csv") == CSV.encode()
    if storage_server.spec["type"] == "http":  # Python's server sends the whole file: no other bytes are returned
        with pytest.raises(ValueError, match="doesn't appear to support range requests"):
            files.cat_file(f"{top}/titanic.csv", 2, 5)
    else:
        assert files.cat_file(f"{top}/titanic.csv", 2, 5) == CSV.encode()[2:5]
    with files.open(f"{top}/titanic.csv", "rt") as file:
        assert file.readlines() == CSV.splitlines(keepends=True)
    listed = files.ls(top)
    assert [(unquote(each["name"]), each["type"]) for each in listed] == [
        (f"{own}/titanic.csv", "file"),
        (f"{own}/year=2025", "directory"),
        (f"{own}/year=2026", "directory"),
    ]
    assert files.info(f"{top}/titanic.csv")["size"] == len(CSV)
    assert files.exists(f"{top}/titanic.csv")
    assert not files.exists(f"{top}/nothing.csv")
    with pytest.raises(FileNotFoundError):
        files.cat_file(f"{top}/nothing.csv")
    assert files.glob(f"{top}/*.csv") == [f"{own}/titanic.csv"]
    if storage_server.spec["type"] != "http":  # whose names are escaped
        assert files.glob(f"{top}/**/*.csv") == sorted(f"{own}/{name}" for name in FILES)
        assert sorted(files.find(top)) == sorted(f"{own}/{name}" for name in FILES)


def test_files_are_written_and_removed(
    s3_server: StorageServer, gcs_server: StorageServer, sftp_server: StorageServer
) -> None:
    for server in (s3_server, gcs_server, sftp_server):
        files = opened(server.spec)
        files.makedirs(f"{URL}/new/deep", exist_ok=True)
        with files.open(f"{URL}/new/deep/x.txt", "wb") as file:
            file.write(b"hello")
        files.pipe_file(f"{URL}/new/y.txt", b"there")
        assert files.cat_file(f"{URL}/new/deep/x.txt") == b"hello"
        assert sorted(files.find(f"{URL}/new")) == [
            "datastores/lake/paths/new/deep/x.txt",
            "datastores/lake/paths/new/y.txt",
        ]
        files.rm(f"{URL}/new", recursive=True)
        assert not files.exists(f"{URL}/new/y.txt")
        with pytest.raises(InvalidInputError, match="is a whole datastore"):
            files.rm_file(URL)


def test_nothing_that_is_shown_contains_a_secret(storage_server: StorageServer) -> None:
    files = opened(storage_server.spec)
    with files.open(f"{URL}/titanic.csv") as file:
        file.read(1)
        inner = files._places.place("datastores/lake/paths").filesystem
        given = connection(storage_server.spec)
        shown = [repr(files), repr(inner), repr(file), repr(given), str(given), f"{files.storage_options}"]
        shown += [f"{inner.storage_options}{inner.storage_args}", inner.to_json(), repr(files._places)]
        shown += [repr(validated(DatastoreCreate, {"name": "lake", **storage_server.spec}))]
    shown.append(pickle.dumps(AzureMLFileSystem(skip_instance_cache=True)).decode("latin-1"))
    for text in shown:
        for secret in storage_server.secrets:
            assert secret not in text


def test_wrong_credentials_are_refused_without_being_shown(
    storage_server: StorageServer, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = storage_server.wrong()
    with caplog.at_level(logging.DEBUG):
        for name in ("botocore", "aiobotocore", "s3fs", "paramiko", "fsspec", "asyncio", "urllib3", "aiohttp"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        with pytest.raises(
            Exception, match=r"Unauthorized|Forbidden|Access|refuses|signature|Invalid Credentials"
        ) as caught:
            opened(wrong).cat_file(f"{URL}/titanic.csv")
        assert opened(storage_server.spec).cat_file(f"{URL}/titanic.csv") == CSV.encode()
        for name in ("botocore", "aiobotocore", "s3fs", "paramiko", "fsspec", "asyncio", "urllib3", "aiohttp"):
            logging.getLogger(name).setLevel(logging.NOTSET)
    text = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert caplog.records
    for secret in [*storage_server.secrets, MARK]:
        assert secret not in text


def test_google_asks_once_with_wrong_credentials(
    gcs_server: StorageServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files, root = filesystems.open_filesystem(connection(gcs_server.wrong()))
    with caplog.at_level(logging.DEBUG, "gcsfs"):
        for read in (files.info, files.cat_file, lambda path: files.get_file(path, str(tmp_path / "x"))):
            with pytest.raises(PermissionError, match="Invalid Credentials"):
                read(f"{root}/titanic.csv")
    assert "retrying" not in caplog.text


def test_a_log_record_is_masked_with_its_traceback(s3_server: StorageServer, caplog: pytest.LogCaptureFixture) -> None:
    opened(s3_server.spec).exists(f"{URL}/titanic.csv")
    secret = s3_server.secrets[1]
    try:
        raise ValueError(secret)  # noqa: TRY301
    except ValueError:
        logging.getLogger("botocore.auth").exception("sent %s", {"token": secret})
    assert secret not in caplog.text
    assert "sent {'token': '***'}" in caplog.text
    assert "ValueError: ***" in caplog.text


def test_errors_are_masked_and_keep_their_kind() -> None:
    for error, kind in (
        (FileNotFoundError(2, f"no {MARK}"), FileNotFoundError),
        (ValueError(MARK), ValueError),
        (KeyError(MARK), RuntimeError),
        (OSError(MARK), OSError),
    ):
        with pytest.raises(kind) as caught, masked_errors(Redactor([MARK])):
            raise error from RuntimeError(MARK)
        assert MARK not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(KeyError), masked_errors(Redactor([MARK])):
        raise KeyError("x")


def test_a_server_with_another_key_is_not_trusted(sftp_server: StorageServer, monkeypatch, tmp_path) -> None:
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGfBiWnBqkpgJ0vv3rwQ6pTjmB9kqBbuBJLzZ5cd2jO2"
    with pytest.raises(UnavailableError, match="has another key"):
        opened({**sftp_server.spec, "host_key": other}).ls(URL)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UnavailableError, match="is not known: set host_key"):
        opened({**sftp_server.spec, "host_key": None}).ls(URL)


def test_a_private_key_gives_access(sftp_server: StorageServer) -> None:
    credentials = {"user": "bob", "private_key": sftp_server.private_key}
    assert opened({**sftp_server.spec, "credentials": credentials}).exists(f"{URL}/titanic.csv")
    with pytest.raises(InvalidInputError, match="private_key is not an OpenSSH private key"):
        opened({**sftp_server.spec, "credentials": {"user": "bob", "private_key": MARK}}).ls(URL)


def test_a_redirect_to_another_server_does_not_get_the_headers(http_server: StorageServer) -> None:
    with pytest.raises(OSError, match=r"redirects to http://127\.0\.0\.1:9, and the credentials"):
        opened(http_server.spec).cat_file(f"{URL}/elsewhere/x")


def test_a_link_does_not_lead_out_of_a_directory(tmp_path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "lake" / "out").symlink_to(tmp_path)
    files = opened({"type": "local", "path": str(tmp_path / "lake")})
    with pytest.raises(InvalidInputError, match="leads out of the datastore by a link"):
        files.cat_file(f"{URL}/out/secret")
    with pytest.raises(InvalidInputError, match=r"has '\.\.'"):
        files.cat_file(f"{URL}/../secret")


def test_a_missing_package_is_named_with_its_extra(monkeypatch, s3_server: StorageServer) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(filesystems, "import_module", missing)
    for spec, extra in (
        (s3_server.spec, "s3"),
        ({"type": "gcs", "bucket": "b"}, "gcs"),
        ({"type": "azure_blob", "account_name": "a1", "container_name": "c"}, "azure"),
        ({"type": "sftp", "host": "h"}, "sftp"),
        ({"type": "http", "url": "http://h"}, "http"),
    ):
        with pytest.raises(UnavailableError, match=rf"pip install 'jupyter-ml\[{extra}\]'"):
            opened(spec).ls(URL)


def test_azure_and_google_are_opened_with_their_credentials(monkeypatch) -> None:
    other = "DefaultEndpointsProtocol=https;AccountName=other;AccountKey=b3RoZXI=;EndpointSuffix=core.windows.net"
    for name, value in (("CONNECTION_STRING", other), ("ACCOUNT_KEY", "b3RoZXI="), ("SAS_TOKEN", "sig=other")):
        monkeypatch.setenv(f"AZURE_STORAGE_{name}", value)
    account = {"type": "azure_blob", "account_name": "acc", "container_name": "box"}
    for credentials in ({"account_key": "S0VZS0VZS0VZ"}, {"sas_token": "?sv=1&sig=abcdef"}):
        files, root = filesystems.open_filesystem(connection({**account, "credentials": credentials}))
        assert root == "box"
        assert files.service_client.url.startswith("https://acc.blob.core.windows.net")
        assert next(iter(credentials.values())) not in repr(files) + files.to_json()
    server = {**account, "endpoint_url": "http://127.0.0.1:9/acc", "credentials": {"account_key": "S0VZ"}}
    assert connection(server).location == "http://127.0.0.1:9/acc/box"
    files, _ = filesystems.open_filesystem(connection(server))
    assert files.service_client.url == "http://127.0.0.1:9/acc/"
    assert files.service_client.credential.account_key == "S0VZ"
    waits = [files.service_client._config.retry_policy.get_backoff_time({"count": count}) for count in range(5)]
    assert sum(waits) < 45, "the client's own pauses are 84 s"
    principal = {"tenant_id": "t", "client_id": "c", "client_secret": "s-e-c-r-e-t"}
    lake = {"type": "azure_data_lake_gen2", "account_name": "acc", "filesystem": "fs", "credentials": principal}
    assert filesystems.open_filesystem(connection(lake)).root == "fs"
    google = {"type": "gcs", "bucket": "b", "prefix": "p", "credentials": {"token": "ya29.token"}}
    assert filesystems.open_filesystem(connection(google)).root == "b/p"
    with pytest.raises(InvalidInputError, match="not the JSON key of a service account"):
        filesystems.open_filesystem(connection({**google, "credentials": {"token": "{broken"}}))


def test_a_process_outside_of_jobs_and_notebooks_gets_a_remedy(monkeypatch) -> None:
    monkeypatch.delenv("JUPYTER_ML_BROKER", raising=False)
    register()
    with pytest.raises(UnavailableError, match="JUPYTER_ML_BROKER is not set here"):
        fsspec.filesystem("azureml", skip_instance_cache=True).ls(URL)
    monkeypatch.setenv("JUPYTER_ML_BROKER", "/nowhere/broker.sock")
    with pytest.raises(UnavailableError, match="does not answer"):
        fsspec.filesystem("azureml", skip_instance_cache=True).ls(URL)


def test_pandas_and_duckdb_read_a_datastore(s3_server: StorageServer, monkeypatch) -> None:
    duckdb, pandas = pytest.importorskip("duckdb"), pytest.importorskip("pandas")
    files = opened(s3_server.spec)
    with files.open(f"{URL}/titanic.csv") as file:
        assert pandas.read_csv(file).shape == (2, 2)
    with duckdb.connect() as database:
        database.register_filesystem(files)
        rows = database.sql(f"SELECT sum(a), count(*) FROM read_csv('{URL}/year=*/*.csv')").fetchall()
    assert rows == [(8, 4)]
