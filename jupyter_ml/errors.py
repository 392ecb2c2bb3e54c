# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The exceptions of Jupyter ML, in one tree.

::

    JupyterMLError
    ├── InvalidInputError        the input is invalid; the message names the place and the remedy
    │   └── TooLargeError        it is valid but exceeds a configurable limit
    ├── NotFoundError            there is no resource of that name
    ├── ConflictError            the name is taken, or the state of the resource forbids the operation
    ├── WorkspaceError           the workspace cannot be opened
    │   └── NewerDatabaseError   a newer version of Jupyter ML wrote the database
    └── UnavailableError         a component that is needed does not respond
        └── GoneError            it does not exist any more

Each client maps the classes to its own terms (exit codes, HTTP status) in one table.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ConflictError",
    "GoneError",
    "InvalidInputError",
    "JupyterMLError",
    "NewerDatabaseError",
    "NotFoundError",
    "TooLargeError",
    "UnavailableError",
    "WorkspaceError",
    "nearest",
    "reason",
]


SHORTEST_BEGINNING = 3
"""Length of the shortest prefix for which a name is suggested."""


class JupyterMLError(Exception):
    """Base class of the exceptions of Jupyter ML."""


class InvalidInputError(JupyterMLError):
    """The input is invalid.

    Parameters
    ----------
    message
        What is wrong, where, and what to do.
    field
        Dotted path of the invalid field, if there is one (``inputs.data.path``).
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooLargeError(InvalidInputError):
    """The input exceeds a configurable limit."""


class NotFoundError(JupyterMLError):
    """There is no resource of that name."""


class ConflictError(JupyterMLError):
    """The name is taken, or the state of the resource forbids the operation.

    Parameters
    ----------
    message
        What is in conflict, and what to do.
    current
        The current resource as JSON, if an older revision of it was changed.
    """

    def __init__(self, message: str, *, current: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.current = current


class WorkspaceError(JupyterMLError):
    """The workspace cannot be opened."""


class NewerDatabaseError(WorkspaceError):
    """A newer version of Jupyter ML wrote the database."""


class UnavailableError(JupyterMLError):
    """A component that is needed does not respond."""


class GoneError(UnavailableError):
    """A component does not exist any more, with all that it has started."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for one of `known` that is close to `word`, or an empty string.

    Close means a letter or two, another order of letters, another case, a hyphen, or a missing end. A wrong suggestion
    is worse than none.
    """
    names = {_plain(name): name for name in known}
    word = _plain(word)
    matches = get_close_matches(word, names, n=1, cutoff=0.8)
    matches += [name for name in names if sorted(name) == sorted(word)]
    matches += [name for name in names if len(word) >= SHORTEST_BEGINNING and name.startswith(word)]
    return f" (did you mean {names[matches[0]]!r}?)" if matches else ""


def reason(error: Exception) -> str:
    """Return why an operation failed; of an error of the system, without the number and the path in its text."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_")
