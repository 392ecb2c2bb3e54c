# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The environment of a job is installed from the package index of the user, whose password is in no file and no log."""

from __future__ import annotations

import base64
import io
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from jupyter_ml.environments.uv import run_uv
from jupyter_ml.errors import UnavailableError

PASSWORD = "correct-horse-battery"
WHEEL = "jml_private-1.0-py3-none-any.whl"


def wheel():
    """Return a package with one module."""
    content = io.BytesIO()
    info = "jml_private-1.0.dist-info"
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("jml_private.py", "NAME = 'private package'\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: jml-private\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    return content.getvalue()


@pytest.fixture
def index():
    """Return the URL of a package index that requires a password, with it."""
    known = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
    pages = {
        "/simple/jml-private/": f'<a href="/{WHEEL}">{WHEEL}</a>'.encode(),
        f"/{WHEEL}": wheel(),
    }

    class Index(BaseHTTPRequestHandler):
        def do_GET(self):
            allowed = self.headers.get("Authorization") == f"Basic {known}"
            page = pages.get(self.path)
            self.send_response(401 if not allowed else 200 if page else 404)
            body = page if allowed and page else b""
            self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://ann:{PASSWORD}@127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()


@pytest.mark.integration
def test_a_job_is_installed_from_the_index_of_its_user(shared, tmp_path, index, monkeypatch):
    monkeypatch.setenv("UV_EXTRA_INDEX_URL", index)
    command = "python -c 'import jml_private; print(jml_private.NAME)' && env"
    spec = {"type": "command", "command": command, "code": str(tmp_path)}
    job = shared.jobs.submit({**spec, "environment": {"requirements": ["jml-private"]}})
    done = shared.jobs.wait(job.name)
    assert done.state == "Completed", done.cause
    attempt = shared._context.layout.attempt(job.name, 1)
    printed = (attempt / "std_log.txt").read_text()
    assert "private package" in printed
    assert "UV_EXTRA_INDEX_URL" not in printed
    for folder in (attempt, shared._context.layout.job(job.name), shared._context.layout.environments / "state"):
        for file in folder.rglob("*"):
            assert not file.is_file() or PASSWORD.encode() not in file.read_bytes(), file


@pytest.mark.integration
def test_messages_of_uv_have_no_password(tmp_path):
    variables = {"UV_INDEX_URL": f"http://ann:{PASSWORD}@127.0.0.1:1/simple", "UV_HTTP_RETRIES": "0"}
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1") as error:
        run_uv(["pip", "compile", "-"], cwd=tmp_path, stdin="jml-private\n", env=variables)
    assert PASSWORD not in str(error.value)
