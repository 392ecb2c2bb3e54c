# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Complete filters and check them, for clients in which a user edits one."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError, nearest
from jupyter_ml.schemas.filter_checks import FilterCheck, FilterCompletion
from jupyter_ml.schemas.filter_hints import filter_hint
from jupyter_ml.schemas.filter_parsing import MAX_CHARS, parse_filter, unfinished
from jupyter_ml.schemas.filters import SOURCES, Comparison, FilterError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jupyter_ml.schemas.filter_checks import FilterCheckQuery
    from jupyter_ml.schemas.filter_parsing import Unfinished
    from jupyter_ml.schemas.filters import FilterKey, Source, Term
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.store.suggestions import SuggestionStore

__all__ = ["FilterService", "filter_notice"]

_SHOWN = 50


class FilterService:
    """Completes and checks filters of any kind of resource."""

    def __init__(self, context: WorkspaceContext, kinds: Mapping[str, Sequence[FilterKey]]) -> None:
        self._context, self._kinds = context, kinds

    @property
    def _store(self) -> SuggestionStore:
        return self._context.store.suggestions

    def check(self, kind: str, query: FilterCheckQuery) -> FilterCheck:
        """Return how a filter of a kind of resource can be completed, and what is wrong with it."""
        completions = self.complete(kind, query.before)
        try:
            terms = parse_filter(query.filter, self._kinds[kind])
        except FilterError as error:
            return FilterCheck(completions=completions, error=str(error), incomplete=error.incomplete)
        kinds = [name for name, keys in self._kinds.items() if _applies(query.filter, keys)]
        return FilterCheck(
            completions=completions, kinds=kinds, notice=_unknown(self._store, terms) or filter_hint(query.filter)
        )

    def complete(self, kind: str, before: str) -> list[FilterCompletion]:
        """Return what can follow the part of a filter before the cursor, the most likely first."""
        keys = self._kinds.get(kind)
        if keys is None:
            raise NotFoundError(f"there is no kind {kind!r}: use one of {', '.join(self._kinds)}")
        if len(before) > MAX_CHARS:
            return []
        part = unfinished(before, keys)
        typed = part.text.casefold()
        found = [item for item in self._candidates(keys, part) if typed in item[1].casefold()]
        found.sort(key=lambda item: not item[1].casefold().startswith(typed))
        head = before[: part.start]
        completions = (
            FilterCompletion(before=head + text, label=label, detail=detail)
            for text, label, detail in dict.fromkeys(found)
        )
        return [each for each in completions if each.before.strip() != before.strip()][:_SHOWN]

    def _candidates(self, keys: Sequence[FilterKey], part: Unfinished) -> Iterator[tuple[str, str, str]]:
        """Yield the text, the label and the meaning of what can replace `part`."""
        if part.key is not None:
            closed = next(key.values for key in keys if key.name == part.key)
            yield from _values(closed or self._found_by(part.key))
        elif part.name is not None:
            for source in part.sources:
                yield from _values(self._store.values(source, part.name))
        elif part.sources:
            yield from self._names(part.sources)
        else:
            yield from ((f"{key.name}:", f"{key.name}:", f"{key.help}, e.g. {key.example}") for key in keys)
            if part.text:
                yield from (
                    (f"is:{value} ", f"is:{value}", "") for key in keys if key.name == "is" for value in key.values
                )
                yield from self._names([source for source in SOURCES if source in {key.source for key in keys}])

    def _found_by(self, key: str) -> Iterable[str]:
        values = self._store.column(key)
        return dict.fromkeys(PurePath(value).name for value in values) if key == "notebook" else values

    def _names(self, sources: Sequence[Source]) -> Iterator[tuple[str, str, str]]:
        for source in sources:
            yield from ((quoted(name), name, source.removesuffix("s")) for name in self._store.names(source))


def filter_notice(store: SuggestionStore, text: str, keys: Sequence[FilterKey]) -> str | None:
    """Return why a filter may find less than its author expects: a name that no job has, or a word of other languages.

    None if there is no such reason.
    """
    return _unknown(store, parse_filter(text, keys)) or filter_hint(text)


def _unknown(store: SuggestionStore, terms: Sequence[Term]) -> str | None:
    """Return that a filter names a parameter, metric or tag that no job has."""
    for term in terms:
        if isinstance(term, Comparison) and not any(store.exists(source, term.name) for source in term.sources):
            kinds = " or ".join(source.removesuffix("s") for source in term.sources)
            known = {name for source in term.sources for name in store.names(source)}
            return f"no job has a {kinds} {term.name[:_SHOWN]!r}{nearest(term.name[:_SHOWN], known)}"
    return None


def _applies(text: str, keys: Sequence[FilterKey]) -> bool:
    try:
        parse_filter(text, keys)
    except FilterError:
        return False
    return True


def _values(values: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield values, which end a term."""
    return ((f"{quoted(value)} ", value, "") for value in values)
