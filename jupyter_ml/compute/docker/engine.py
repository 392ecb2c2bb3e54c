# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Docker on this machine: one client, and errors in one sentence."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute.runner import ABOUT, read_interpreter
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.compute.runner import Interpreter

__all__ = ["call_docker", "engine", "engine_sockets", "find_image", "find_interpreter"]

TIMEOUT_S = 60
SOCKET = "unix:///var/run/docker.sock"
SOCKETS = (
    "docker.sock",
    "docker/containerd/containerd.sock",
    "containerd/containerd.sock",
    "podman/podman.sock",
)
"""Where engines listen, in the directory for sockets of the system or of a user."""
NO_ENGINE = "instances need Docker, whose engine does not answer: start it, and see that you may use it"
NO_SDK = "instances need the Docker SDK, which is not installed here: pip install 'jupyter-ml[docker]'"


@cache
def engine() -> Any:
    """Return the client of the engine that ``DOCKER_HOST`` names, or else the one of this machine.

    Raises
    ------
    UnavailableError
        If the SDK is not installed, or there is no engine.
    """
    try:
        import docker
    except ImportError as error:
        raise UnavailableError(NO_SDK) from error
    socket = _socket()
    if socket is not None and not socket.exists():  # the SDK would leave a socket open
        raise UnavailableError(f"{NO_ENGINE} (there is no {socket})")
    with call_docker("Docker"):
        return docker.from_env(timeout=TIMEOUT_S)


def _socket() -> Path | None:
    """Return the socket of the engine that is used; None if that is reached over a network."""
    kind, _, path = (os.environ.get("DOCKER_HOST") or SOCKET).strip().partition("://")
    return Path("/", path) if kind in ("unix", "http+unix") else None


def engine_sockets() -> list[Path]:
    """Return where engines of containers may be reached on this machine: the one that is used, and the usual ones."""
    of_user = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    usual = [folder / name for folder in (Path("/run"), Path("/var/run"), of_user) for name in SOCKETS]
    at_home = Path.home().glob(".docker/*/docker.sock")  # a home directory without one can be mounted
    return [*usual, *at_home, *filter(None, [_socket()])]


@contextmanager
def call_docker(what: str) -> Iterator[None]:
    """Report errors of the SDK in the block as UnavailableError, in one sentence about `what`."""
    from docker.errors import APIError, DockerException
    from requests.exceptions import RequestException

    try:
        yield
    except APIError as error:
        raise UnavailableError(f"{what}: {error.explanation or error}") from error
    except (DockerException, RequestException, OSError) as error:
        raise UnavailableError(f"{NO_ENGINE} ({_innermost(error)})") from error


def _innermost(error: BaseException) -> str:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return str(error) or type(error).__name__


def find_image(name: str) -> Any:
    """Return an image, which is pulled if this machine does not have it; UnavailableError if there is none."""
    from docker.errors import ImageNotFound

    client = engine()
    with call_docker(f"the image {name!r} cannot be pulled"):
        try:
            return client.images.get(name)
        except ImageNotFound:
            repository, _, tag = name.rpartition(":")
            if not repository or "/" in tag:
                repository, tag = name, "latest"
            return client.images.pull(name if "@" in name else repository, tag=None if "@" in name else tag)


def find_interpreter(image: Any, python: str, labels: dict[str, str]) -> Interpreter:
    """Return what the Python of an image is; UnavailableError if it has none, or one that is too old.

    Parameters
    ----------
    image
        The image.
    python
        A command or a path in it.
    labels
        Labels of the container that runs it, by which one is found that a killed process has left.
    """
    what = f"the image {image.tags[0] if image.tags else image.short_id!r} cannot run {python!r}"
    with call_docker(what):
        container = engine().containers.create(
            image.id,
            [python, "-I", "-c", ABOUT],
            entrypoint="",
            labels=labels,
            network_mode="none",
            cap_drop=["ALL"],
            read_only=True,
        )
        try:
            container.start()
            failed = container.wait()["StatusCode"] != 0
            printed = container.logs(stderr=failed)
        finally:  # also of one that cannot be started
            container.remove(force=True, v=True)
    return read_interpreter(printed, what)
