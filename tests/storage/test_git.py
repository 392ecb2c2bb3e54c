# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The state of a git repository is read; no program that it configures is run."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.schemas.git import GitState
from jupyter_ml.storage import git

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def run(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, input=stdin
    ).stdout.decode()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.py").write_text("one\n")
    run(folder, "init", "-q")
    run(folder, "add", ".")
    run(folder, "commit", "-q", "-m", "first")
    return folder


def describe(folder: Path) -> GitState:
    state = git.describe(folder)
    assert state is not None
    return state


def test_clean(repository: Path) -> None:
    commit = run(repository, "rev-parse", "HEAD").strip()
    assert describe(repository / "inner") == GitState(commit=commit, branch="main")


def test_the_diff_holds_staged_and_binary_changes_and_applies(repository: Path) -> None:
    (repository / "a.py").write_bytes("größer\n".encode("latin-1"))
    (repository / "b.bin").write_bytes(bytes(range(256)))
    run(repository, "add", "b.bin")
    state = describe(repository)
    again = GitState.model_validate_json(state.model_dump_json())
    assert again == state
    assert again.dirty
    run(repository, "reset", "-q", "--hard")
    run(repository, "apply", "-", stdin=again.diff)
    assert (repository / "a.py").read_bytes() == "größer\n".encode("latin-1")
    assert (repository / "b.bin").read_bytes() == bytes(range(256))


def test_a_diff_that_is_too_large_is_not_kept(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "MAX_DIFF_BYTES", 100)
    (repository / "a.py").write_text("two\n" * 100)
    state = describe(repository)
    assert state.dirty
    assert state.diff is None


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("https://user:token@example.org/a.git?key=1", "https://example.org/a.git"),
        ("https://token@example.org:8443/a.git", "https://example.org:8443/a.git"),
        ("git@example.org:team/a.git", "git@example.org:team/a.git"),
        ("/srv/a.git", "/srv/a.git"),
    ],
)
def test_credentials_are_taken_out_of_the_remote(repository: Path, remote: str, shown: str) -> None:
    run(repository, "remote", "add", "origin", remote)
    assert describe(repository).remote == shown


def test_no_branch_is_checked_out(repository: Path) -> None:
    run(repository, "checkout", "-q", "--detach")
    assert describe(repository).branch is None


def test_without_commits(tmp_path: Path) -> None:
    run(tmp_path, "init", "-q")
    assert describe(tmp_path) == GitState(branch=run(tmp_path, "symbolic-ref", "--short", "HEAD").strip())


def test_programs_that_the_repository_names_do_not_run(repository: Path) -> None:
    trap, trace = repository / "trap", repository / "trace"
    trap.write_text(f"#!/bin/sh\ntouch {trace}\n")
    trap.chmod(0o755)
    for name in ("diff.external", "core.fsmonitor", "core.pager", "diff.own.textconv", "diff.own.command"):
        run(repository, "config", name, str(trap))
    (repository / ".gitattributes").write_text("*.py diff=own\n")
    (repository / "a.py").write_text("two\n")
    assert b"+two" in (describe(repository).diff or b"")
    assert not trace.exists()


def test_no_repository(tmp_path: Path) -> None:
    assert git.describe(tmp_path) is None
    assert git.describe(tmp_path / "missing") is None


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert git.describe(repository) is None


def test_variables_that_point_elsewhere_are_not_followed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    assert git.describe(tmp_path) is None
