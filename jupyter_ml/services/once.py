# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A property that is created on first use, once even if several threads need it at the same moment."""

from __future__ import annotations

from functools import cached_property, wraps
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["once"]

T = TypeVar("T")


def once(create: Callable[[Any], T]) -> cached_property[T]:
    """Declare a property whose value is created on first use; other threads wait for it.

    `functools.cached_property` does not lock since Python 3.12: two threads of a server would each create a store, and
    only one of the two would be closed.
    """
    lock = RLock()

    @wraps(create)
    def created(owner: Any) -> T:
        values: dict[str, T] = vars(owner)
        with lock:
            if create.__name__ not in values:
                values[create.__name__] = create(owner)
            return values[create.__name__]

    return cached_property(created)
