# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check the size of what JupyterLab loads, at its start and later: ``jlpm build:prod && python -m checks.bundle``."""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

LIMIT_BYTES = 25_000
"""Compressed size of the extension's code that is loaded before the user opens anything."""
CHUNK_BYTES = 60_000
"""Compressed size of any file of code."""


def startup_chunks(extension: Path) -> list[Path]:
    """Return the files that a production build of the extension loads when its plugins are activated."""
    build = json.loads((extension / "package.json").read_text(encoding="utf-8"))["jupyterlab"]["_build"]
    entry = (extension / build["load"]).read_text(encoding="utf-8")
    exposed = re.search(r'"\./extension":\(\)=>(.*?)\.then\(', entry)
    if exposed is None:
        raise ValueError(f"{build['load']}: not a production build: run jlpm build:prod")
    chunks = re.findall(r"\.e\((\d+)\)", exposed[1])
    return [path for chunk in chunks for path in (extension / "static").glob(f"{chunk}.*.js")]


def compressed_bytes(path: Path) -> int:
    """Return the size of a file after gzip."""
    return len(gzip.compress(path.read_bytes(), mtime=0))


def large_chunks(extension: Path) -> dict[str, int]:
    """Return the sizes of the files of code that are larger than they may be."""
    sizes = {path.name: compressed_bytes(path) for path in (extension / "static").glob("*.js")}
    return {name: size for name, size in sizes.items() if size > CHUNK_BYTES}


def main() -> int:
    """Print the sizes of what is loaded at the start, and of chunks that are too large; compare with the limits."""
    extension = Path("jupyter_ml/labextension")
    sizes = {path.name: compressed_bytes(path) for path in startup_chunks(extension)}
    for name, size in sizes.items():
        print(f"{name}: {size:,} bytes compressed")
    excess = sum(sizes.values()) - LIMIT_BYTES
    if excess > 0:
        print(f"{excess:,} bytes over the limit of {LIMIT_BYTES:,}: import on first use what can wait")
    large = large_chunks(extension)
    for name, size in large.items():
        print(f"{name}: {size:,} bytes compressed, and {CHUNK_BYTES:,} are allowed: split what is imported")
    return excess > 0 or bool(large)


if __name__ == "__main__":
    sys.exit(main())
