# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check that every source file begins with the licence header: ``python -m checks.headers [--fix]``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEADER = "Copyright (c) the Jupyter ML developers.\nDistributed under the terms of the BSD 3-Clause License.\n"
COMMENTS = {".py": ("# ", ""), ".ts": ("// ", ""), ".tsx": ("// ", ""), ".mjs": ("// ", ""), ".css": ("/* ", " */")}
"""By suffix: the start of a comment line, and the end of the comment."""
GENERATED = ("schema.gen.ts",)


def header(path: Path) -> str:
    """Return the header in the comment syntax of a file."""
    begin, end = COMMENTS[path.suffix]
    first, second = HEADER.splitlines()
    return f"{begin}{first}\n{'   ' if end else begin}{second}{end}\n"


def main() -> int:
    """Print the files without a header, or add it to them with ``--fix``."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [Path(name) for name in listed if not name.endswith(GENERATED)]
    files = [path for path in paths if path.suffix in COMMENTS and path.exists()]
    missing = [
        path for path in files if path.exists() and not path.read_text(encoding="utf-8").startswith(header(path))
    ]
    for path in missing:
        if "--fix" in sys.argv:
            path.write_text(f"{header(path)}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
        else:
            print(f"{path}: the licence header is missing; add it with: python -m checks.headers --fix")
    return 0 if "--fix" in sys.argv else bool(missing)


if __name__ == "__main__":
    sys.exit(main())
