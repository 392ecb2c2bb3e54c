# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test downloads: range requests and conditional requests (RFC 9110), and large files."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.specs import NotebookJob
from tests.server.api import BASE
from tests.workspaces import until, write_notebook

CONTENT = bytes(range(256)) * 10


@pytest.fixture(scope="module")
def written(shared):
    """Return the name of a job and the file that it wrote."""
    path = write_notebook(
        shared.folder.parent / "file.ipynb",
        "open('outputs/model.bin', 'wb').write(bytes(range(256)) * 10)",
    )
    job = shared.jobs.wait(shared.jobs.submit(NotebookJob(notebook=str(path))).name)
    return job.name, AttemptFolder(shared._context.layout.attempt(job.name, 1)).stored_outputs / "model.bin"


class File:
    """A file of a job."""

    def __init__(self, fetch, headers, name, path) -> None:
        self._fetch, self._headers = fetch, headers
        self.path, self.url = path, f"/jobs/{name}/files/outputs/model.bin"
        path.write_bytes(CONTENT)

    async def __call__(self, method="GET", **headers):
        """Request the file with additional headers."""
        converted = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._fetch(BASE + self.url, method=method, headers=self._headers | converted)

    def is_open(self):
        """Return whether this process, which is the server, has the file open."""
        links = []
        for link in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                links.append(link.readlink())
        return self.path in links


@pytest.fixture
def file(written, fetch, jp_auth_header) -> File:
    return File(fetch, jp_auth_header, *written)


async def test_range_requests(file):
    whole = await file()
    assert (whole.code, whole.body, whole.headers["Accept-Ranges"]) == (200, CONTENT, "bytes")
    for text, part in {
        "bytes=0-0": slice(0, 1),
        "bytes=100-199": slice(100, 200),
        "bytes=2000-": slice(2000, None),
        "bytes=-100": slice(-100, None),
        "bytes=-99999": slice(0, None),
        "bytes=2500-99999": slice(2500, None),
        "Bytes=1-2": slice(1, 3),
    }.items():
        response = await file(Range=text)
        start, stop, _ = part.indices(len(CONTENT))
        assert (response.code, response.body) == (206, CONTENT[part]), text
        assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/2560"
        assert response.headers["Content-Length"] == str(stop - start)
    for text in ("bytes=", "bytes=-", "bytes=9-1", "lines=1-2", "bytes=0-1,5-6", "bytes=x-", "bytes=1-" + "9" * 30):
        response = await file(Range=text)
        assert (response.code, response.body) == (200, CONTENT), text
    for text in ("bytes=2560-", "bytes=9999-10000", "bytes=-0"):
        response = await file(Range=text)
        assert (response.code, response.headers["Content-Range"]) == (416, "bytes */2560"), text
        assert b"the file has 2560 bytes" in response.body


async def test_an_interrupted_download_is_resumed_unless_the_file_has_changed(file):
    first = await file()
    for condition in (first.headers["ETag"], first.headers["Last-Modified"]):
        rest = await file(Range="bytes=1000-", If_Range=condition)
        assert (rest.code, rest.body) == (206, CONTENT[1000:])
    changed = b"y" + CONTENT[1:]
    file.path.write_bytes(changed)
    os.utime(file.path, (1, 1))
    for condition in (first.headers["ETag"], first.headers["Last-Modified"], 'W/"x"'):
        whole = await file(Range="bytes=1000-", If_Range=condition)
        assert (whole.code, whole.body) == (200, changed)


async def test_an_unmodified_file_is_not_sent_again(file):
    first = await file()
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for known in (etag, f'"other", W/{etag}', "*"):
        response = await file(If_None_Match=known)
        assert (response.code, response.body, response.headers["ETag"]) == (304, b"", etag)
    assert (await file(If_Modified_Since=modified)).code == 304
    assert (await file(If_Modified_Since="Thu, 01 Jan 1970 00:00:01 GMT")).code == 200
    assert (await file(If_Modified_Since="yesterday")).code == 200
    assert (await file(If_None_Match='"other"', If_Modified_Since=modified)).code == 200
    assert (await file(If_None_Match=etag, Range="bytes=0-1")).code == 304


async def test_head_returns_the_headers_of_get(file, api):
    head, get = await file("HEAD"), await file()
    assert (head.code, head.body) == (200, b"")
    names = ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges", "Content-Disposition")
    assert {name: head.headers[name] for name in names} == {name: get.headers[name] for name in names}
    part = await file("HEAD", Range="bytes=5-9")
    assert (part.code, part.headers["Content-Length"]) == (206, "5")
    assert await api("HEAD", file.url) == b""
    assert (await api("HEAD", file.url + ".gone", expect=404)) == b""


async def test_a_disconnected_client_causes_no_error(file, app, caplog, api):
    await api("GET", "/workspace")
    with file.path.open("r+b") as large:
        large.truncate(200_000_000)
    server = app.serverapp
    url = f"{server.base_url}{BASE[1:]}{file.url}?token={server.identity_provider.token}"
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET {url} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b"200 OK" in await reader.readline()
    assert file.is_open()
    writer.transport.abort()
    await asyncio.to_thread(until, lambda: not file.is_open())
    assert "Traceback" not in caplog.text
