# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What it costs to look for files that a job wrote, in a copy of very much code.

``python -m benchmarks.files [--files 10000]`` prints how long a snapshot of that many files takes, its copy, and the
comparison of the two when nothing, some and all of them were written to.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jupyter_ml.storage import snapshots
from jupyter_ml.storage.written_files import written

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["measure"]

T = TypeVar("T")

_PER_FOLDER = 100
_BYTES = 4_000


def measure(files: int) -> None:
    """Print how long each step takes."""
    with tempfile.TemporaryDirectory() as place:
        root, store = Path(place), Path(place, "store")
        names = [f"d{number // _PER_FOLDER}/f{number}.py" for number in range(files)]
        for name in names:
            (root / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            (root / "source" / name).write_bytes(b"x" * _BYTES)
        digest = _timed(
            "snapshot", lambda: snapshots.take(root / "source", store, max_bytes=10**12, max_files=10**9)
        ).digest
        _timed("copy", lambda: snapshots.restore(store, digest, root / "work"))
        (root / "mark").touch()
        since_ns = (root / "mark").stat().st_ctime_ns

        def compare() -> int:
            found = written(root, "work", store / digest, since_ns=since_ns, but="outputs")
            return sum(1 for _ in found)

        print(_timed("comparison, nothing written", compare), "found")
        for name in names[: files // 10]:
            (root / "work" / name).write_bytes(b"y" * _BYTES)
        print(_timed("comparison, a tenth written", compare), "found")
        for name in names:
            (root / "work" / name).touch()
        print(_timed("comparison, all touched", compare), "found")


def _timed(what: str, call: Callable[[], T]) -> T:
    start = time.perf_counter()
    result = call()
    print(f"{what}: {(time.perf_counter() - start) * 1000:,.0f} ms")
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    measure(parser.parse_args().files)
