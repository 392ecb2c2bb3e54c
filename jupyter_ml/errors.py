# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What can go wrong, in one tree.

::

    JupyterMLError
    ├── InvalidInputError        what was given is wrong, and the message says where and what to do
    │   └── TooLargeError        it is right but exceeds a limit that can be configured
    ├── NotFoundError            no thing of that name
    ├── ConflictError            the name is taken, or the thing's state forbids the verb
    ├── WorkspaceError           the workspace cannot be opened
    │   └── NewerDatabaseError   a newer version of Jupyter ML wrote the database
    └── UnavailableError         a part that should be there does not answer

Front ends map the classes to their own words (exit codes, HTTP status) in one table each.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ConflictError",
    "InvalidInputError",
    "JupyterMLError",
    "NewerDatabaseError",
    "NotFoundError",
    "TooLargeError",
    "UnavailableError",
    "WorkspaceError",
    "nearest",
]


SHORTEST_BEGINNING = 3
"""Letters with which a name may begin to be suggested for them."""


class JupyterMLError(Exception):
    """Anything that Jupyter ML itself raises."""


class InvalidInputError(JupyterMLError):
    """What was given is wrong.

    Parameters
    ----------
    message
        What is wrong, where, and what to do.
    field
        Dotted path of the offending field, where there is one (``inputs.data.path``).
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooLargeError(InvalidInputError):
    """What was given exceeds a configurable limit."""


class NotFoundError(JupyterMLError):
    """There is no thing of that name."""


class ConflictError(JupyterMLError):
    """The name is taken, or the state of the resource forbids the operation.

    Parameters
    ----------
    message
        What is in conflict, and what to do.
    current
        The resource as it is now, as JSON, where an older revision of it was changed.
    """

    def __init__(self, message: str, *, current: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.current = current


class WorkspaceError(JupyterMLError):
    """The workspace cannot be opened."""


class NewerDatabaseError(WorkspaceError):
    """A newer version of Jupyter ML wrote the database."""


class UnavailableError(JupyterMLError):
    """A part that should be there does not answer."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for one of `known` that `word` is a slip of, or an empty string.

    A slip is a letter or two, letters in another order, another case, a hyphen, or an end that was left out. A guess
    that is wrong leads further astray than none.
    """
    names = {_plain(name): name for name in known}
    word = _plain(word)
    matches = get_close_matches(word, names, n=1, cutoff=0.8)
    matches += [name for name in names if sorted(name) == sorted(word)]
    matches += [name for name in names if len(word) >= SHORTEST_BEGINNING and name.startswith(word)]
    return f" (did you mean {names[matches[0]]!r}?)" if matches else ""


def _plain(name: str) -> str:
    return name.casefold().replace("-", "_")
