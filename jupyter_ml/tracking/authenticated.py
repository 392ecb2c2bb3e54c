# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Refuse requests without an accepted token as soon as their headers are read.

The server writes the body of a request to a temporary file before the application sees the request, so that an
application that checks tokens itself would let anyone fill the disk.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

from jupyter_ml.tracking.rest import digest

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["channel_for"]

REFUSED = "the token of MLFLOW_TRACKING_TOKEN is not valid, or the job has ended"


class _UnauthenticatedError(Error):
    """A response as MLflow's clients expect it."""

    def to_response(self, ident: object = None) -> Any:  # noqa: ARG002 -- as its base class has it
        content = {"error_code": "UNAUTHENTICATED", "message": self.body}
        return "401 Unauthorized", [("Content-Type", "application/json")], json.dumps(content).encode()


def channel_for(accepted: Collection[str]) -> type[HTTPChannel]:
    """Return the class of connections whose requests need a token.

    Parameters
    ----------
    accepted
        Digests of the tokens that are accepted, which may change.
    """

    class Parser(HTTPRequestParser):
        def parse_header(self, header_plus: Any) -> None:
            super().parse_header(header_plus)
            scheme, _, token = self.headers.get("AUTHORIZATION", "").partition(" ")
            if scheme != "Bearer" or digest(token) not in accepted:
                self.error = _UnauthenticatedError(
                    "the token of MLFLOW_TRACKING_TOKEN is not valid, or the job has ended"
                )
                self.completed = True

    return type("Channel", (HTTPChannel,), {"parser_class": Parser})
