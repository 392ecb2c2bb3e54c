# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Interpret the replies of a kernel to requests to execute a cell."""

from __future__ import annotations

from typing import Any

from jupyter_ml.executor.message_contents import error_of

__all__ = ["NO_FAILURE", "error_of_reply", "exit_argument"]

NO_FAILURE = ("", "0", "None")
"""Arguments of `exit` that are not a failure."""


def error_of_reply(reply: dict[str, Any], shown: dict[str, Any] | None) -> dict[str, Any]:
    """Return the error of a reply, or the last one that was displayed if the reply names none.

    ipykernel replies with NoneType if the result of a cell cannot be displayed.
    """
    error = error_of(reply)
    return shown if shown and error["ename"] in ("", "NoneType") else error


def exit_argument(reply: dict[str, Any]) -> str | None:
    """Return the argument of `exit` or `quit` in the cell; None if neither was called.

    The cell continues after them, and the kernel ends later. Their argument is an exit code for a shell, while IPython
    uses it as the option to keep the kernel: only True and False are interpreted as that option.
    """
    for payload in reply.get("payload") or []:
        if isinstance(payload, dict) and payload.get("source") == "ask_exit":
            keep = payload.get("keepkernel")
            return "" if isinstance(keep, bool) else str(keep)
    return None
