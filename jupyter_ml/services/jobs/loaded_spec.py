# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job spec, with what it was loaded from, until it is submitted."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.job_spec import JobSpec
from jupyter_ml.schemas.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jupyter_ml.schemas.yaml import Document

__all__ = ["LoadedSpec"]

S = TypeVar("S", bound=JobSpec)


@dataclass(frozen=True)
class LoadedSpec(Generic[S]):
    """A job spec, with what it was loaded from.

    Attributes
    ----------
    spec : JobSpec
        The job.
    texts : Mapping
        Parameters that were given as text; their types are those that the notebook declares.
    document : Document or None
        The YAML file that it was read from.
    """

    spec: S
    texts: Mapping[str, str] = field(default_factory=dict)
    document: Document | None = None

    @classmethod
    def of(
        cls,
        model: type[S],
        code: Path | None,
        keys: Mapping[str, Any],
        settings: Mapping[str, Any],
        texts: Mapping[str, str] | None = None,
    ) -> LoadedSpec[S]:
        """Return the spec with the `keys` of a file whose code is in a directory, and with further `settings`."""
        values = {**({"code": str(code)} if code else {}), **keys, **settings}
        return LoadedSpec(validated(model, values), texts or {})

    def replace(self, spec: Any) -> LoadedSpec[Any]:
        """Return this with another spec."""
        return replace(self, spec=spec)

    @contextmanager
    def located(self, *location: str) -> Iterator[None]:
        """Prefix errors of a block with the file and line of their field, else of a key, if it was read from a file."""
        try:
            yield
        except InvalidInputError as error:
            if self.document is None:
                raise
            if error.field not in (None, ".".join(location)):  # it is another one, and names may have dots
                location = tuple(error.field.split("."))
            where = self.document.where(location)
            raise InvalidInputError(f"{where}: {error}", field=error.field) from error
