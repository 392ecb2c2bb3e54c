# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connect to a machine over SSH, with each way to fail in one sentence."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import time
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from asyncssh import SSHClientConnection, SSHKey

    from jupyter_ml.schemas.ssh import SshSettings

__all__ = ["connect", "require_asyncssh"]

CONNECT_S, LOGIN_S, END_S = 10.0, 30.0, 5.0
KEEPALIVE_S, KEEPALIVES = 5.0, 3
"""A line is taken for dead after so many requests without a reply."""
REFUSED_S = 600.0
"""How long a password that was refused is not tried again: machines lock accounts after some tries."""

_refused: dict[str, float] = {}
"""When logins with a password were refused, by digests of all that they consist of."""


def require_asyncssh() -> None:
    """Raise UnavailableError if the library is not installed."""
    if importlib.util.find_spec("asyncssh") is None:
        message = "machines over SSH need asyncssh, which is not installed here: pip install 'jupyter-ml[ssh]'"
        raise UnavailableError(message)


@asynccontextmanager
async def connect(
    settings: SshSettings, read_secret: Callable[[str], str | None]
) -> AsyncIterator[SSHClientConnection]:
    """Open a connection, whose host key is checked.

    What the settings do not contain comes from ``~/.ssh/config``, and keys from there and from the SSH agent, unless
    the settings name one.

    Raises
    ------
    UnavailableError
        When the machine cannot be reached, is another one, or refuses; with what to do.
    """
    require_asyncssh()
    import asyncssh

    seen, options = _Seen(), await asyncio.to_thread(_options, settings, read_secret)
    login = hashlib.sha256(f"{settings.model_dump_json()}{options['password']}".encode()).hexdigest()
    if time.monotonic() - _refused.get(login, -REFUSED_S) < REFUSED_S:
        again = f"the same password is tried again {REFUSED_S / 60:g} minutes later"
        raise UnavailableError(f"{_about_login(settings)}; {again}")
    try:
        connection = await asyncssh.connect(settings.host, **options, client_factory=lambda: _client(seen))
    except asyncssh.HostKeyNotVerifiable as error:
        raise UnavailableError(_about_host_key(settings, seen) or f"{settings.host}: {error}") from error
    except asyncssh.PermissionDenied as error:
        if settings.password_secret is not None:
            _refused[login] = time.monotonic()
        raise UnavailableError(_about_login(settings)) from error
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        key = f"private_key_file {settings.private_key_file}" if settings.private_key_file else "a key of ~/.ssh"
        raise UnavailableError(f"{key} cannot be used, check passphrase_secret: {error}") from error
    except (asyncssh.Error, asyncssh.ConfigParseError, OSError, TimeoutError) as error:
        raise UnavailableError(f"{_target(settings)} cannot be reached: {_reason(error)}") from error
    try:
        yield connection
    finally:
        connection.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await connection.wait_closed()


def _options(settings: SshSettings, read_secret: Callable[[str], str | None]) -> dict[str, Any]:
    import asyncssh

    options: dict[str, Any] = {
        "connect_timeout": CONNECT_S,
        "login_timeout": LOGIN_S,
        "keepalive_interval": KEEPALIVE_S,
        "keepalive_count_max": KEEPALIVES,
        **{key: value for key in ("port", "username") if (value := getattr(settings, key)) is not None},
    }
    if settings.private_key_file is not None:
        file = Path(settings.private_key_file).expanduser()
        if not file.is_file():
            raise UnavailableError(f"private_key_file {settings.private_key_file} is not a file of this machine")
        options |= {"client_keys": [str(file)], "agent_path": None}
    for option, name in (("password", settings.password_secret), ("passphrase", settings.passphrase_secret)):
        if name is not None and (secret := read_secret(name)) is None:
            raise UnavailableError(f"the vault has no secret {name!r}: store it with jupyter ml vault set {name}")
        options[option] = secret if name is not None else None
    if settings.host_key is not None:
        options["known_hosts"] = ([asyncssh.import_public_key(settings.host_key)], [], [])
    return options


class _Seen:
    """The key that a host has shown, if it is not one that is trusted."""

    key: SSHKey | None = None
    known = False
    """Whether another key of this host is known."""


def _client(seen: _Seen) -> Any:
    import asyncssh

    class Client(asyncssh.SSHClient):
        def validate_host_public_key(self, host: str, addr: str, port: int, key: SSHKey) -> bool:
            seen.key, known = key, Path("~/.ssh/known_hosts").expanduser()
            if known.is_file():
                seen.known = bool(asyncssh.match_known_hosts(str(known), host, addr, port)[0])
            return False

    return Client()


def _about_host_key(settings: SshSettings, seen: _Seen) -> str | None:
    if seen.key is None:
        return None
    key = seen.key.export_public_key().decode().strip()
    shown = f"the host key of {_target(settings)} is {seen.key.get_algorithm()} {seen.key.get_fingerprint()}"
    if settings.host_key is not None:
        return f"{shown}, and not the one in the settings: if the machine has a new key, update settings.host_key"
    command = " ".join(["ssh", *(["-p", str(settings.port)] if settings.port else []), _login(settings)])
    if seen.known:
        return (
            f"{shown}, and not the one in ~/.ssh/known_hosts: it is another machine, or has a new key; if that is so, "
            f"run ssh-keygen -R for the host, and connect once with: {command}"
        )
    kind = next((each for each in ("ed25519", "ecdsa") if each in seen.key.get_algorithm()), "rsa")
    return (
        f"{shown}, which is not known: compare it with ssh-keygen -l -f /etc/ssh/ssh_host_{kind}_key.pub there, and "
        f"connect once with: {command}; or set host_key: {' '.join(key.split()[:2])}"
    )


def _about_login(settings: SshSettings) -> str:
    used = [f"the key {settings.private_key_file}"] if settings.private_key_file else []
    used += [f"the password {settings.password_secret} of the vault"] if settings.password_secret else []
    given = " and ".join(used) or "the keys of ~/.ssh and of the SSH agent"
    return f"{_target(settings)} refuses the login with {given}: check username, private_key_file and password_secret"


def _target(settings: SshSettings) -> str:
    return f"{_login(settings)}:{settings.port}" if settings.port else _login(settings)


def _login(settings: SshSettings) -> str:
    return f"{settings.username}@{settings.host}" if settings.username else settings.host


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"it does not answer within {CONNECT_S:g} s"
    if isinstance(error, OSError) and error.errno and error.strerror:
        return os.strerror(error.errno) if error.errno > 0 else error.strerror  # of a name that is not found
    return str(error) or type(error).__name__
