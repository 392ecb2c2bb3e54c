# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs of this machine that are run for their result, such as ``squeue``."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["started"]


@asynccontextmanager
async def started(*argv: str, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a program, which is killed if the block is left before it has ended."""
    process = await asyncio.create_subprocess_exec(*argv, **options)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
