# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Mask credentials in errors of storage libraries, and in what these write to logs."""

from __future__ import annotations

import logging
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.redaction.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["mask_logs", "masked_errors"]


class _MaskedRecords:
    """A factory of log records in which values are masked, in messages and in tracebacks."""

    def __init__(self, create: Callable[..., logging.LogRecord]) -> None:
        self._create = create
        self._values: list[str] = []
        self._redactor = Redactor()

    def add(self, values: Iterable[str]) -> None:
        """Mask further values."""
        self._values = list(dict.fromkeys([*self._values, *values]))
        self._redactor = Redactor(self._values)

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._create(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 -- logging reports that itself, with the arguments
            record.msg, record.args = "a message that cannot be formatted", ()
            return record
        masked = self._redactor.text(message)
        if masked != message:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[0] is not None:
            text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            masked = self._redactor.text(text)
            if masked != text:
                record.exc_text = masked  # which formatters use instead of the exception
                record.exc_info = None
        return record


def mask_logs(values: Iterable[str]) -> None:
    """Mask values in all log records of this process from now on: libraries log requests with their headers."""
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _MaskedRecords):
        factory = _MaskedRecords(factory)
        logging.setLogRecordFactory(factory)
    factory.add(values)


@contextmanager
def masked_errors(redactor: Redactor) -> Iterator[None]:
    """Mask values in the errors that the block raises, and in what these were caused by."""
    try:
        yield
    except JupyterMLError:
        raise
    except Exception as error:
        text = "".join(traceback.format_exception(error))
        if redactor.text(text) == text:
            raise
        raise _masked(error, redactor) from None


def _masked(error: Exception, redactor: Redactor) -> Exception:
    """Return an error of the same kind without its secrets; its attributes and causes are dropped."""
    text = redactor.text(str(error))
    kind = next(
        (kind for kind in (FileNotFoundError, FileExistsError, PermissionError) if isinstance(error, kind)), None
    )
    if isinstance(error, OSError):
        return (kind or OSError)(error.errno, text) if error.errno else (kind or OSError)(text)
    return ValueError(text) if isinstance(error, ValueError) else RuntimeError(f"{type(error).__name__}: {text}")
