# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The key of the vault is in a file, in the environment or in the keyring, and can be changed at any moment."""

from __future__ import annotations

import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError, WorkspaceError
from jupyter_ml.vault import files, registry
from jupyter_ml.vault.base import Vault
from jupyter_ml.vault.embedded import EmbeddedVault
from jupyter_ml.vault.files import EncryptedFiles
from jupyter_ml.vault.keys import KEY_VARIABLE, key_source

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "correct horse battery staple"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def passwords(monkeypatch) -> dict[str, str]:
    """Return the content of a keyring."""
    keyring = pytest.importorskip("keyring")
    stored: dict[str, str] = {}
    monkeypatch.setattr(keyring, "get_password", lambda service, name: stored.get(f"{service} {name}"))
    monkeypatch.setattr(keyring, "set_password", lambda service, name, text: stored.update({f"{service} {name}": text}))
    return stored


def vault(folder: Path, key: str = "file") -> EmbeddedVault:
    return EmbeddedVault(EncryptedFiles(folder, key_source(key, folder)))


def new_key() -> str:
    return Fernet.generate_key().decode()


def test_values_come_back_until_they_are_deleted(folder: Path) -> None:
    vault(folder).put("datastore-1", {"key": SECRET})
    vault(folder).put("secret-A", {"value": SECRET, "x": ""})
    assert vault(folder).names() == ["datastore-1", "secret-A"]
    assert vault(folder).get("secret-A") == {"value": SECRET, "x": ""}
    for file in folder.iterdir():
        assert SECRET.encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600
    vault(folder).delete("secret-A")
    vault(folder).delete("secret-A")
    with pytest.raises(NotFoundError, match="no values for 'secret-A'"):
        vault(folder).get("secret-A")
    with pytest.raises(InvalidInputError, match="cannot name secrets"):
        vault(folder).put("../x", {})


def test_the_key_is_in_the_environment(folder: Path, monkeypatch) -> None:
    old, new = new_key(), new_key()
    monkeypatch.setenv(KEY_VARIABLE, old)
    vault(folder, "environment").put("a", {"x": SECRET})
    assert not (folder / "keys").exists()
    monkeypatch.setenv(KEY_VARIABLE, f"{new},{old}")
    vault(folder, "environment").rotate()
    monkeypatch.setenv(KEY_VARIABLE, new)
    assert vault(folder, "environment").get("a") == {"x": SECRET}
    monkeypatch.setenv(KEY_VARIABLE, old)
    with pytest.raises(WorkspaceError, match="another key"):
        vault(folder, "environment").get("a")
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(WorkspaceError, match=f"{KEY_VARIABLE} is not set"):
        vault(folder, "environment").get("a")
    with pytest.raises(WorkspaceError, match="the vault's key is missing"):
        vault(folder).get("a")


def test_the_key_is_in_the_keyring(folder: Path, passwords: dict[str, str]) -> None:
    vault(folder, "keyring").put("a", {"x": SECRET})
    [before] = passwords.values()
    assert not (folder / "keys").exists()
    vault(folder, "keyring").rotate()
    [after] = passwords.values()
    assert len(after.split()) == 1
    assert after != before
    assert vault(folder, "keyring").get("a") == {"x": SECRET}
    passwords.clear()
    with pytest.raises(WorkspaceError, match="the vault's key is missing"):
        vault(folder, "keyring").get("a")


@pytest.mark.parametrize("key", ["environment", "keyring"])
def test_a_key_moves_out_of_its_file(folder: Path, passwords, monkeypatch, key: str) -> None:
    vault(folder).put("a", {"x": SECRET})
    monkeypatch.setenv(KEY_VARIABLE, new_key())
    assert vault(folder, key).get("a") == {"x": SECRET}
    vault(folder, key).put("b", {"y": SECRET})
    assert (folder / "keys").exists()
    vault(folder, key).rotate()
    assert not (folder / "keys").exists()
    assert vault(folder, key).get("a") == {"x": SECRET}
    assert vault(folder, key).get("b") == {"y": SECRET}


def test_a_keyring_that_cannot_be_used_is_reported(folder: Path, monkeypatch) -> None:
    keyring = pytest.importorskip("keyring")

    def locked(*_: str) -> None:
        raise keyring.errors.KeyringLocked(SECRET)

    monkeypatch.setattr(keyring, "get_password", locked)
    with pytest.raises(UnavailableError, match="the keyring cannot be used: KeyringLocked") as caught:
        vault(folder, "keyring").put("a", {"x": SECRET})
    assert SECRET not in str(caught.value)


ROTATE = """
import os, signal, sys
from pathlib import Path
from jupyter_ml.vault import files, keys, private_files
from jupyter_ml.vault.embedded import EmbeddedVault
folder, left = Path(sys.argv[1]), int(sys.argv[2])
replace = Path.replace
def counted(self, target):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return replace(self, target)
Path.replace = counted
EmbeddedVault(files.EncryptedFiles(folder, keys.key_source("file", folder))).rotate()
"""


@pytest.mark.integration
def test_a_rotation_that_is_killed_leaves_everything_readable(folder: Path) -> None:
    values = {f"scope-{number}": {"x": f"{SECRET} {number}"} for number in range(3)}
    for scope, given in values.items():
        vault(folder).put(scope, given)
    before = (folder / "keys").read_bytes()
    for writes in range(6):  # two of the key file, and one of each of the others
        done = subprocess.run([sys.executable, "-c", ROTATE, str(folder), str(writes)], check=False)
        assert (done.returncode == 0) == (writes == 5)
        assert {scope: vault(folder).get(scope) for scope in vault(folder).names()} == values
    vault(folder).rotate()
    assert len((folder / "keys").read_bytes().splitlines()) == 1
    assert before not in (folder / "keys").read_bytes()
    assert {scope: vault(folder).get(scope) for scope in vault(folder).names()} == values


def test_what_is_deleted_during_a_rotation_does_not_come_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault(folder).put("a", {"x": SECRET})
    write, deleting = files.write_private, Thread(target=lambda: vault(folder).delete("a"))

    def slowly(file: Path, content: bytes) -> None:
        if file.name.startswith("a."):  # it has been read
            deleting.start()
            deleting.join(0.2)
        write(file, content)

    monkeypatch.setattr(files, "write_private", slowly)
    vault(folder).rotate()
    deleting.join()
    assert vault(folder).names() == []


class _Own(Vault):
    def __init__(self, folder: Path, settings: dict) -> None:
        self.given = folder, settings
        self._values: dict = {}

    def put(self, scope, values):
        self._values[scope] = dict(values)

    def get(self, scope):
        return self._values[scope]

    def delete(self, scope):
        self._values.pop(scope, None)

    def names(self):
        return sorted(self._values)

    def rotate(self):
        pass


class _Entry:
    def __init__(self, loaded: object) -> None:
        self._loaded = loaded

    def load(self) -> object:
        return self._loaded


class _Entries(dict):
    @property
    def names(self) -> set[str]:
        return set(self)


def test_a_package_adds_a_kind_of_vault(tmp_path: Path, monkeypatch) -> None:
    found = _Entries(own=_Entry(_Own), wrong=_Entry(lambda *_: {}), broken=_Entry(lambda *_: 1 / 0))
    monkeypatch.setattr(registry, "entry_points", lambda group: found if group == "jupyter_ml.vault" else _Entries())
    own = EncryptedFiles(tmp_path, key_source("file", tmp_path))
    opened = registry.open_vault("own", tmp_path, {"address": "x"}, own)
    assert isinstance(opened, _Own)
    assert opened.given == (tmp_path, {"address": "x"})
    assert isinstance(registry.open_vault("embedded", tmp_path, {}, own), EmbeddedVault)
    with pytest.raises(InvalidInputError, match=r"no installed package has the kind 'onw' \(did you mean 'own'\?\)"):
        registry.open_vault("onw", tmp_path, {}, own)
    with pytest.raises(UnavailableError, match=r"is not a jupyter_ml\.vault\.base\.Vault, but dict"):
        registry.open_vault("wrong", tmp_path, {}, own)
    with pytest.raises(UnavailableError, match="'broken' cannot be opened: ZeroDivisionError"):
        registry.open_vault("broken", tmp_path, {}, own)
