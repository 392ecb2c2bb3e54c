# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The credentials of each type of datastore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.reference_parts import require_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

__all__ = [
    "AzureBlobCredentials",
    "Credentials",
    "GcsCredentials",
    "HttpCredentials",
    "HttpUrl",
    "S3Credentials",
    "ServicePrincipal",
    "SftpCredentials",
    "checked",
    "credentials_model",
]


def checked(check: Callable[[str], object]) -> AfterValidator:
    """Return a validator that reports the InvalidInputError of a check."""

    def validate(text: str) -> str:
        try:
            check(text)
        except InvalidInputError as error:
            raise ValueError(str(error)) from error
        return text

    return AfterValidator(validate)


def _require_http(text: str) -> None:
    require_url(text)
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInputError("must be a URL that begins with https:// or http://")
    if parts.query or parts.fragment:
        raise InvalidInputError("must not have a query or a fragment")


MAX_SECRET = 64 * 1024
HttpUrl = Annotated[str, StringConstraints(max_length=2_000), checked(_require_http)]
Plain = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=MAX_SECRET)]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,100}$")]


class Credentials(Schema):
    """What gives access to a datastore; it is stored in the vault, and never returned."""

    confidential = True

    def values(self) -> dict[str, str]:
        """Return the text of each that is given, by its dotted name."""
        return dict(_flat("", {name: getattr(self, name) for name in type(self).model_fields}))


def _flat(prefix: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            found += _flat(f"{prefix}{name}.", value)
        elif value is not None:
            found.append((prefix + name, value.get_secret_value() if isinstance(value, SecretStr) else str(value)))
    return found


def _only_one(credentials: Schema, first: str, second: str) -> None:
    given = [name for name in (first, second) if getattr(credentials, name) is not None]
    if len(given) != 1:
        raise ValueError(f"either {first} or {second} is required{', not both' if given else ''}")


class AzureBlobCredentials(Credentials):
    """Credentials of a container: one of the two."""

    account_key: Secret | None = None
    """Key of the storage account."""
    sas_token: Secret | None = None
    """Shared access signature."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        _only_one(self, "account_key", "sas_token")
        return self


class ServicePrincipal(Credentials):
    """A service principal of Microsoft Entra."""

    tenant_id: Plain
    """Id of the tenant."""
    client_id: Plain
    """Id of the application."""
    client_secret: Secret
    """Secret of the application."""
    authority_url: HttpUrl | None = None
    """Authority that issues tokens; that of Azure by default."""
    resource_url: HttpUrl | None = None
    """As in Azure ML; tokens are always for Azure Storage."""


class S3Credentials(Credentials):
    """An access key."""

    key: Secret
    """Access key ID."""
    secret: Secret
    """Secret access key."""
    token: Secret | None = None
    """Session token of temporary credentials."""


class GcsCredentials(Credentials):
    """Credentials of Google Cloud."""

    token: Secret
    """The JSON key of a service account, or an access token."""


class SftpCredentials(Credentials):
    """A user, with a password or a private key."""

    user: Plain
    """Name of the user."""
    password: Secret | None = None
    """Password of the user."""
    private_key: Secret | None = None
    """Text of an OpenSSH private key without a passphrase."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        _only_one(self, "password", "private_key")
        return self


class HttpCredentials(Credentials):
    """Headers of each request."""

    headers: dict[HeaderName, Secret] = Field(min_length=1, max_length=20)
    """Values by name, e.g. of ``Authorization``."""

    @model_validator(mode="before")
    @classmethod
    def _dotted(cls, data: Any) -> Any:
        """Read ``headers.NAME``, as the command line writes it, as one of the headers."""
        if not isinstance(data, dict):
            return data
        dotted = {key: value for key, value in data.items() if str(key).startswith("headers.")}
        if not dotted:
            return data
        given = data.get("headers")
        headers = {**(given if isinstance(given, dict) else {})}
        headers |= {key.removeprefix("headers."): value for key, value in dotted.items()}
        return {**{key: value for key, value in data.items() if key not in dotted}, "headers": headers}


_CREDENTIALS: dict[str, type[Credentials]] = {
    "azure_blob": AzureBlobCredentials,
    "azure_data_lake_gen2": ServicePrincipal,
    "s3": S3Credentials,
    "gcs": GcsCredentials,
    "sftp": SftpCredentials,
    "http": HttpCredentials,
}


def credentials_model(kind: str) -> type[Credentials] | None:
    """Return the model of the credentials of a type; None if it has none."""
    return _CREDENTIALS.get(kind)
