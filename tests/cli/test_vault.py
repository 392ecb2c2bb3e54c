# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Secrets are entered on the command line, and never shown."""

from __future__ import annotations

import io
import json
import sys

import click
import pytest

from jupyter_ml.cli.app import run
from tests.storage_servers import MARK


@pytest.fixture
def ml(workspace, monkeypatch, capsys):
    """Run a command in the workspace with a text on standard input, and return its output."""
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(workspace.folder))

    def ml(*arguments, typed="", code=0):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert run(arguments) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        assert MARK not in out + err
        return out + err

    return ml


def test_a_secret_is_set_listed_rotated_and_deleted(ml, workspace):
    assert "The vault is empty" in ml("vault", "list")
    assert ml("vault", "set", "HF_TOKEN", typed=f"{MARK}\n") == "HF_TOKEN: stored\n"
    assert [(each["name"], each["kind"]) for each in json.loads(ml("vault", "list", "-o", "json"))] == [
        ("HF_TOKEN", "secret")
    ]
    ml("vault", "rotate")
    assert workspace.vault.value("HF_TOKEN") == MARK
    assert "cannot name a secret" in ml("vault", "set", "a b", typed=MARK, code=2)
    assert "standard input is empty" in ml("vault", "set", "A", code=2)
    assert "fewer than 4 characters" in ml("vault", "set", "A", typed="abc", code=2)
    assert "no secret 'HF_TOKNE' (did you mean 'HF_TOKEN'?)" in ml("vault", "delete", "-y", "HF_TOKNE", code=3)
    assert ml("vault", "delete", "-y", "HF_TOKEN") == "HF_TOKEN: deleted\n"
    assert workspace.vault.value("HF_TOKEN") is None


def test_credentials_are_entered_and_changed(ml, workspace, tmp_path):
    file = tmp_path / "lake.yml"
    file.write_text("name: lake\ntype: s3\nbucket: b\n")
    entered = ("--set", "credentials.key=-", "--set", "credentials.secret=-")
    assert "lake: created" in ml("datastore", "create", "-f", str(file), *entered, typed=f"AKIAKEY\n{MARK}\n")
    assert workspace.datastores.connection("lake").credentials == {"key": "AKIAKEY", "secret": MARK}
    assert "key, secret" in ml("datastore", "show", "lake")
    assert json.loads(ml("vault", "list", "-o", "json"))[0]["name"] == "lake"
    assert "is a datastore" in ml("vault", "delete", "-y", "lake", code=4)
    assert "updated" in ml("datastore", "update", "lake", "--set-credentials", typed=f"AKIA2222\n{MARK}2\n\n")
    assert workspace.datastores.connection("lake").credentials == {"key": "AKIA2222", "secret": f"{MARK}2"}
    ml("datastore", "update", "lake", "--set", "credentials=null")
    assert workspace.datastores.get("lake").credentials == []
    assert workspace.vault.list() == []
    ml("datastore", "delete", "-y", "lake")
    assert file.read_text() == "name: lake\ntype: s3\nbucket: b\n"


def test_credentials_of_a_file_go_into_the_vault(ml, workspace, tmp_path):
    file = tmp_path / "web.yml"
    file.write_text(f"name: web\ntype: http\nurl: https://example.org\ncredentials:\n  headers:\n    X-Key: {MARK}\n")
    ml("datastore", "create", "-f", str(file))
    assert workspace.datastores.connection("web").credentials == {"headers.X-Key": MARK}
    assert "already a datastore 'web'" in ml("datastore", "create", "-f", str(file), code=4)
    assert len(workspace.vault.list()) == 1
    ml("datastore", "delete", "-y", "web")
    assert workspace.vault.list() == []


@pytest.mark.parametrize("value", [f"credentials.secret={MARK}", f"credentials={{key: a, secret: {MARK}}}"])
def test_a_secret_on_the_command_line_is_refused(ml, value):
    arguments = ("--set", "name=a", "--set", "type=s3", "--set", "bucket=b", "--set", value)
    assert "other users can see a command line" in ml("datastore", "create", *arguments, code=2)


def test_a_json_key_is_read_as_text(ml, workspace):
    spec = ("--set", "name=g", "--set", "type=gcs", "--set", "bucket=b", "--set", "credentials.token=-")
    key = json.dumps({"type": "service_account", "private_key": MARK}, indent=1)
    ml("datastore", "create", *spec, typed=key + "\n")
    assert workspace.datastores.connection("g").credentials == {"token": key}


def test_a_terminal_does_not_show_what_is_entered(ml, workspace, monkeypatch):
    asked = []

    def prompt(text, **options):
        asked.append((text, options["hide_input"]))
        return {"credentials.user": "bob", "credentials.private_key": ""}.get(text, MARK)

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(click, "prompt", prompt)
    workspace.datastores.create({"name": "far", "type": "sftp", "host": "h"})
    monkeypatch.setattr(io, "StringIO", Terminal)
    ml("datastore", "update", "far", "--set-credentials")
    assert workspace.datastores.connection("far").credentials == {"user": "bob", "password": MARK}
    assert asked == [
        ("credentials.user", False),
        ("credentials.password", True),
        ("credentials.private_key", True),
    ]


def test_a_job_gets_a_secret_of_the_vault(workspace, monkeypatch, tmp_path):
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    job = {"type": "command", "command": "true", "secrets": ["HF_TOKEN"]}
    with pytest.raises(Exception, match="or store one with: jupyter ml vault set HF_TOKEN"):
        workspace.jobs.submit(job)
    workspace.vault.set("HF_TOKEN", MARK)
    submitted = workspace.jobs.submit(job)
    assert workspace._context.job_secrets.get(submitted.name) == {"HF_TOKEN": MARK}
