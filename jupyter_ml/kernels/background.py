# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An event loop in a thread, in which the kernels of this process have their connections.

So a kernel works with each manager of Jupyter, also with one that runs an event loop only while it waits, and large
outputs do not delay the event loop of Jupyter Server.
"""

from __future__ import annotations

import asyncio
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

__all__ = ["in_background"]

_T = TypeVar("_T")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="jupyter-ml-kernels", daemon=True).start()
    return loop


async def in_background(work: Coroutine[Any, Any, _T]) -> _T:
    """Await something in the thread; cancelling it cancels that."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, _loop()))
