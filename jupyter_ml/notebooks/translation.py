# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write parameters as Python code, with the tuples, dates and paths that papermill does not support."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from papermill.translators import PythonTranslator, papermill_translators

__all__ = ["register"]

# under private names, because the notebook may define `datetime` itself
_IMPORTS = {"_datetime.": "import datetime as _datetime\n", "_pathlib.": "import pathlib as _pathlib\n"}


class _Translator(PythonTranslator):  # type: ignore[misc]
    @classmethod
    def translate(cls, val: Any) -> str:
        """Return `val` as an expression."""
        if isinstance(val, datetime | date):  # repr would need more imports for time zones
            return f"_datetime.{'datetime' if isinstance(val, datetime) else 'date'}.fromisoformat({val.isoformat()!r})"
        if isinstance(val, PurePath):
            return f"_pathlib.Path({cls.translate(str(val))})"
        if isinstance(val, tuple):
            return f"({''.join(f'{cls.translate(item)}, ' for item in val).rstrip() or ''})"
        return str(super().translate(val))

    @classmethod
    def codify(cls, parameters: dict[str, Any], comment: str = "Parameters") -> str:
        """Return the source of the injected cell."""
        code = str(super().codify(parameters, comment))
        head, _, rest = code.partition("\n")
        return f"{head}\n{''.join(line for name, line in _IMPORTS.items() if name in rest)}{rest}"


def register() -> None:
    """Make papermill use this translator for Python, in this process."""
    papermill_translators.register("python", _Translator)
