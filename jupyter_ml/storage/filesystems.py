# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open the file system of a datastore with fsspec."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.errors import UnavailableError
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.storage.masks import mask_logs, masked_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from fsspec import AbstractFileSystem

    from jupyter_ml.schemas.connections import Connection

__all__ = ["CONNECT_S", "Opened", "has_objects", "open_filesystem"]

CONNECT_S = 10
"""Seconds to wait for a connection."""
READ_S = 60
"""Seconds to wait for data."""


class Opened(NamedTuple):
    """The file system of a datastore, and the path of its top in it."""

    filesystem: AbstractFileSystem
    root: str

    def close(self) -> None:
        """End a connection that would stay open; others are closed when they are not used any more."""
        if self.filesystem.protocol == ("sftp", "ssh"):
            self.filesystem.client.close()


def open_filesystem(connection: Connection) -> Opened:
    """Return a new file system, which no other caller shares; it is not to be shown or pickled.

    Raises
    ------
    UnavailableError
        If a package is missing, or the server cannot be reached or refuses the credentials.
    InvalidInputError
        If a credential is not of the form that its name requires.
    """
    mask_logs(connection.secrets)
    build, _ = _BUILDERS[connection.type]
    with masked_errors(Redactor(connection.secrets)):
        opened = build(connection)
    # what fsspec would show and pickle
    opened.filesystem.storage_options = {}
    opened.filesystem.storage_args = ()
    return opened


def has_objects(filesystem: AbstractFileSystem) -> bool:
    """Return whether a store has objects, and no directories to create."""
    modules = {each.__module__.split(".")[0] for each in type(filesystem).__mro__}
    return not modules.isdisjoint({"s3fs", "gcsfs", "adlfs"})


def _load(connection: Connection, module: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        extra = _BUILDERS[connection.type][1]
        raise UnavailableError(
            f"datastores of the type {connection.type!r} need packages that are not installed: "
            f"run pip install 'jupyter-ml[{extra}]'"
        ) from None


def _local(connection: Connection) -> Opened:
    from fsspec.implementations.local import LocalFileSystem

    return Opened(LocalFileSystem(skip_instance_cache=True), str(connection.settings["path"]).rstrip("/"))


def _s3(connection: Connection) -> Opened:
    settings, given = connection.settings, connection.credentials
    region = {"region_name": settings["region"]} if settings.get("region") else {}
    filesystem = _load(connection, "s3fs").S3FileSystem(
        key=given.get("key"),
        secret=given.get("secret"),
        token=given.get("token"),
        anon=connection.identity == "anonymous",
        endpoint_url=settings.get("endpoint_url"),
        client_kwargs=region,
        config_kwargs={
            "connect_timeout": CONNECT_S,
            "read_timeout": READ_S,
            "retries": {"max_attempts": 1},  # s3fs has its own
            # a variable of this process must not send the credentials to another server
            "ignore_configured_endpoint_urls": connection.identity != "environment",
        },
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    return Opened(filesystem, _below(str(settings["bucket"]), settings.get("prefix")))


def _gcs(connection: Connection) -> Opened:
    for module in ("gcsfs", "google.oauth2"):
        _load(connection, module)
    from jupyter_ml.storage.gcs import open_gcs

    filesystem = open_gcs(connection, requests_timeout=READ_S, use_listings_cache=False, skip_instance_cache=True)
    settings = connection.settings
    return Opened(filesystem, _below(str(settings["bucket"]), settings.get("prefix")))


def _azure(connection: Connection) -> Opened:
    for module in ("adlfs", "azure.identity.aio"):
        _load(connection, module)
    from jupyter_ml.storage.azure import open_azure

    filesystem = open_azure(
        connection,
        connection_timeout=CONNECT_S,
        read_timeout=READ_S,
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    settings = connection.settings
    return Opened(filesystem, str(settings.get("container_name") or settings["filesystem"]))


def _sftp(connection: Connection) -> Opened:
    _load(connection, "paramiko")
    from jupyter_ml.storage.sftp import open_sftp

    return Opened(open_sftp(connection), str(connection.settings["path"]).rstrip("/"))


def _http(connection: Connection) -> Opened:
    _load(connection, "aiohttp")
    from jupyter_ml.storage.http import open_http

    return Opened(open_http(connection), str(connection.settings["url"]).rstrip("/"))


def _below(bucket: str, prefix: Any) -> str:
    return f"{bucket}/{prefix}".rstrip("/") if prefix else bucket


_BUILDERS: dict[str, tuple[Callable[[Connection], Opened], str]] = {
    "local": (_local, ""),
    "s3": (_s3, "s3"),
    "gcs": (_gcs, "gcs"),
    "azure_blob": (_azure, "azure"),
    "azure_data_lake_gen2": (_azure, "azure"),
    "sftp": (_sftp, "sftp"),
    "http": (_http, "http"),
}
"""How each type is opened, and the extra of this package that installs what it needs."""
