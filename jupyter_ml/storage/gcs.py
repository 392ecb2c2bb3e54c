# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read buckets of Google Cloud Storage with the credentials of a datastore only.

gcsfs repeats a request with wrong credentials for half a minute, because they may have expired a moment ago; Google's
client renews credentials before they expire, and an access token cannot be renewed.
"""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any

from gcsfs.core import GCSFileSystem
from gcsfs.retry import HttpError, retry_request
from google.oauth2.credentials import Credentials

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.connections import Connection

__all__ = ["open_gcs"]

RETRIES = 5
"""Attempts of a request, after 1, 2, 4 and 8 s."""


def open_gcs(connection: Connection, **options: Any) -> GCSFileSystem:
    """Return the file system of Google Cloud Storage.

    Raises
    ------
    InvalidInputError
        If a credential is not of the form that its name requires.
    """
    settings = connection.settings
    return _Buckets(
        token=_token(connection),
        project=settings.get("project") or "",
        endpoint_url=settings.get("endpoint_url"),
        **options,
    )


def _refused_at_once(request: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method that gcsfs repeats after errors, so that wrong credentials are no reason."""
    once = request.__wrapped__  # type: ignore[attr-defined]

    @wraps(once)
    async def attempt(*args: Any, **kwargs: Any) -> Any:
        try:
            return await once(*args, **kwargs)
        except HttpError as error:
            if str(error.code) == "401":
                raise PermissionError(str(error)) from None
            raise

    return retry_request(attempt, retries=RETRIES)  # type: ignore[no-any-return]


class _Buckets(GCSFileSystem):  # type: ignore[misc]  # gcsfs has no types
    """Buckets by HTTP; the default class asks for their types by gRPC, and waits a minute where only HTTP answers."""

    _request = _refused_at_once(GCSFileSystem._request)  # noqa: SLF001 -- what gcsfs repeats
    _get_file_request = _refused_at_once(GCSFileSystem._get_file_request)  # noqa: SLF001


def _token(connection: Connection) -> Any:
    """Return the key of a service account as a mapping, or credentials for an access token."""
    token = connection.credentials.get("token")
    if token is None:
        return None if connection.identity == "environment" else "anon"
    if not token.lstrip().startswith("{"):
        return Credentials(token)  # type: ignore[no-untyped-call]
    try:
        return json.loads(token)
    except ValueError:
        raise InvalidInputError("credentials.token is not the JSON key of a service account") from None
