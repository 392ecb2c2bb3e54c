# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Secrets are stored encrypted, returned as they were, and private to their user."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.errors import InvalidInputError, NotFoundError, TooLargeError, WorkspaceError
from jupyter_ml.vault.files import EncryptedFiles
from jupyter_ml.vault.jobs import MAX_BYTES, MAX_REMEMBERED, JobSecrets
from jupyter_ml.vault.keys import FileKey

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "correct horse battery staple"


def files(folder: Path) -> EncryptedFiles:
    return EncryptedFiles(folder, FileKey(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(folder: Path) -> JobSecrets:
    return JobSecrets(files(folder))


def test_put_replaces_get_returns_delete_forgets(vault: JobSecrets) -> None:
    vault.put("job", {"A": SECRET, "B": "other"})
    vault.put("job", {"A": SECRET})
    assert vault.get("job") == {"A": SECRET}
    vault.delete("job")
    vault.delete("job")
    with pytest.raises(NotFoundError, match="no secrets for 'job'"):
        vault.get("job")


def test_a_document_comes_back_until_it_is_deleted(vault: JobSecrets) -> None:
    assert vault.unseal("job") is None
    document = {"environment": {"A": "half\udc80", "LONG": "x" * 100_000}, "names": ["B"]}
    vault.seal("job", document)
    assert vault.unseal("job") == document
    vault.delete("job")
    assert vault.unseal("job") is None


def test_what_was_ever_given_is_remembered_within_bounds(vault: JobSecrets, folder: Path) -> None:
    assert vault.given() == []
    vault.put("one", {"A": SECRET, "SHORT": "true"})
    vault.delete("one")
    vault.put("two", {"B": "another secret", "C": SECRET})
    assert vault.given() == ["another secret", SECRET]
    vault._files.rotate()
    assert vault.given() == ["another secret", SECRET]
    for number in range(8):
        vault.put("big", {"D": f"{number}" + "x" * (MAX_BYTES - 1)})
    assert [value[0] for value in vault.given()] == list("7654")
    vault.put("many", {f"E{number}": f"{number:08}" for number in range(2 * MAX_REMEMBERED)})
    assert vault.given() == [f"{number:08}" for number in range(MAX_REMEMBERED)]
    for scope in ("big", "many", "two"):
        vault.delete(scope)
    (folder / "keys").unlink()
    vault.put("three", {"A": SECRET})
    assert vault.given() == [SECRET]


def test_nothing_is_readable_by_others_or_in_clear(vault: JobSecrets, folder: Path) -> None:
    vault.put("job", {"NAME_OF_IT": SECRET})
    vault.seal("job", {"environment": SECRET})
    assert folder.stat().st_mode & 0o777 == 0o700
    files = list(folder.iterdir())
    assert {file.name for file in files} == {"keys", "given", "job.secrets", "job.sealed"}
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        assert SECRET.encode() not in file.read_bytes()
        assert b"NAME_OF_IT" not in file.read_bytes()
    assert SECRET not in repr(vault)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("abc", InvalidInputError, "fewer than 4 characters"),
        ("x" * 65_537, TooLargeError, "65537 bytes"),
        ("nul\0byte", InvalidInputError, "NUL"),
        ("half\ud800", InvalidInputError, "UTF-8"),
    ],
)
def test_unfit_values_are_refused_without_being_shown(
    vault: JobSecrets, value: str, error: type[InvalidInputError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        vault.put("job", {"OK": SECRET, "TOKEN": value})
    assert caught.value.field == "secrets.TOKEN"
    assert value not in str(caught.value)
    with pytest.raises(NotFoundError):
        vault.get("job")


@pytest.mark.parametrize("scope", ["../up", "a/b", "", ".", "a b", "x" * 200])
def test_a_scope_cannot_leave_the_folder(vault: JobSecrets, scope: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot name secrets"):
        vault.put(scope, {"A": SECRET})


def test_a_key_that_others_can_read_is_refused(vault: JobSecrets, folder: Path) -> None:
    vault.put("job", {"A": SECRET})
    (folder / "keys").chmod(0o640)
    with pytest.raises(WorkspaceError, match=r"chmod 600 .*/keys"):
        vault.get("job")


def test_a_lost_key_is_not_replaced_silently(vault: JobSecrets, folder: Path) -> None:
    vault.put("job", {"A": SECRET})
    (folder / "keys").unlink()
    with pytest.raises(WorkspaceError, match="is missing"):
        vault.put("other", {"A": SECRET})


@pytest.mark.parametrize("file", ["keys", "job.secrets"])
def test_damage_is_named(vault: JobSecrets, folder: Path, file: str) -> None:
    vault.put("job", {"A": SECRET})
    (folder / file).write_bytes(b"damaged")
    with pytest.raises(WorkspaceError, match="damaged"):
        vault.get("job")


def test_rotate_forgets_the_old_key(vault: JobSecrets, folder: Path) -> None:
    vault.put("one", {"A": SECRET})
    vault.put("two", {"B": SECRET})
    old = {file.name: file.read_bytes() for file in folder.iterdir()}
    vault._files.rotate()
    assert vault.get("one") == {"A": SECRET}
    assert vault.get("two") == {"B": SECRET}
    assert old["keys"] not in (folder / "keys").read_bytes()
    (folder / "one.secrets").write_bytes(old["one.secrets"])
    with pytest.raises(WorkspaceError, match="another key"):
        vault.get("one")


def _work(folder: Path, number: int) -> None:
    vault = JobSecrets(files(folder))
    (folder.parent / f"ready{number}").touch()
    while len(list(folder.parent.glob("ready*"))) < 4:
        pass
    for turn in range(20):
        vault.put(f"job{number}", {"A": f"{SECRET} {turn}"})
        if number == 0:
            vault._files.rotate()
        assert vault.get(f"job{number}") == {"A": f"{SECRET} {turn}"}


def test_several_processes_from_the_first_moment(folder: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        list(pool.map(_work, [folder] * 4, range(4)))
    assert len((folder / "keys").read_bytes().splitlines()) == 1


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z_]\w{0,9}", fullmatch=True),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=4),
    )
)
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, secrets: dict[str, str]) -> None:
    vault = JobSecrets(files(tmp_path_factory.getbasetemp() / "any"))
    vault.put("job", secrets)
    assert vault.get("job") == secrets


@pytest.mark.integration
def test_what_a_killed_process_left_unfinished_goes(tmp_path):
    vault = JobSecrets(files(tmp_path / "vault"))
    vault.put("job", {"KEY": "correct horse"})
    (tmp_path / "vault" / ".keys.12345").write_bytes(b"half a k")
    assert vault.get("job") == {"KEY": "correct horse"}
    assert sorted(path.name for path in (tmp_path / "vault").iterdir()) == ["given", "job.secrets", "keys"]
