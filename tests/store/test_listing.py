# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Lists agree with a plain loop over all jobs, whatever the query plan."""

from __future__ import annotations

import json
import math
import operator
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.schemas.filters import SOURCES, Comparison, FieldTerm, TextTerm, written
from jupyter_ml.schemas.jobs import MLFLOW_RUN
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store import Store, paging
from tests.integration import DATABASES
from tests.store.jobs import WHEN, job, metric, run

COUNT = 60
KEYS = ["alpha", "model", "mixed", "flag", "nothing"]
VALUES = {
    "alpha": [0.1, 0.5, 2, 10**30],
    "model": ["ridge", "lasso", "Ridge", "x" * 300, "50%"],
    "mixed": [1, "1", "one", None, [1, 2], True],
    "flag": [True, False, "True"],
}
NUMBERS = [0.0, 0.25, 0.5, -1.0, math.inf, -math.inf, math.nan]
OPERATORS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
STATES = {
    "queued": ["NotStarted", "Queued"],
    "running": ["Preparing", "Running", "Finalizing", "CancelRequested", "NotResponding"],
    "completed": ["Completed"],
    "failed": ["Failed"],
    "ended": ["Completed", "Failed", "Canceled"],
}
COLUMNS = ["created_at", "started_at", "ended_at", "name", "display_name", "experiment_name", "state"]


def _job(number: int, rng: random.Random):
    started = rng.choice([None, WHEN + timedelta(seconds=rng.randrange(5))])
    parameters = {key: rng.choice(values) for key, values in VALUES.items() if rng.random() < 0.7}
    return job(
        f"job-{rng.randrange(1_000)}-{number}",
        display_name=rng.choice(["Straße 5%", "STRASSE_5", "plain", "Ünder"]),
        experiment_name=rng.choice(["one", "two", "three"]),
        state=rng.choice([JobState.QUEUED, JobState.COMPLETED, JobState.FAILED]),
        created_at=WHEN + timedelta(seconds=rng.randrange(20)),
        started_at=started,
        ended_at=started,
        archived=rng.random() < 0.2,
        parameters=parameters,
        user=rng.choice([None, "ann", "ben"]),
        tags={"team": rng.choice(["red", "blue"])} if rng.random() < 0.5 else {},
    )


@pytest.fixture(scope="module", params=DATABASES)
def filled(request, tmp_path_factory):
    """A store, and all that is in it in the order of arrival."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('listing')}/workspace.db"
    else:
        url = request.getfixturevalue("postgresql").create()
    rng = random.Random(1)
    with Store.open(url) as store:
        for number in range(COUNT):
            name = store.jobs.insert(_job(number, rng), host=None).name
            store.jobs.set_metrics(
                name, {key: metric(rng.choice(NUMBERS)) for key in ("r2", "loss") if rng.random() < 0.8}
            )
        store.jobs.import_runs([run(number, started_at=WHEN, metrics={"r2": metric(number)}) for number in range(5)])
        for number, archived in enumerate([False, True]):
            store.jobs.insert(job(f"going{number}", state=JobState.COMPLETED), host=None)
            store.jobs.set_stage(f"going{number}", LifecycleStage.ARCHIVED if archived else LifecycleStage.ACTIVE)
            store.jobs.request_delete(f"going{number}")
        store.optimize()
        with store._database.read() as connection:
            names = list(connection.exec_driver_sql("SELECT name FROM jobs ORDER BY id").scalars())
        yield store, [store.jobs.get(name) for name in names]


def _text(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return {"True": "true", "False": "false", "None": "null"}.get(text, text)[:250]


def _number(value):
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _compared(term, source, each) -> bool:
    values = getattr(each, source)
    if term.name not in values:
        return False
    if term.operator is None:
        return True
    value, compare = values[term.name], OPERATORS[term.operator]
    if source == "metrics":
        return term.number is not None and not math.isnan(value) and compare(value, term.number)
    if source == "tags" and len(term.sources) > 1 and term.operator not in ("=", "!="):
        return False
    if source == "tags" or term.number is None:
        return compare(_text(value), _text(term.value))
    number = _number(value)
    return term.operator == "!=" if number is None else compare(number, term.number)


def _labels(each) -> list[str]:
    pairs = [f"{key}={_text(value)}" for key, value in [*each.tags.items(), *each.parameters.items()]]
    return [each.experiment_name, each.user or "", *pairs]


def _fields(each) -> dict[str, list[str]]:
    return {
        "name": [each.name, each.display_name],
        "notebook": [each.spec.notebook if each.spec else ""],
        "description": [each.description or ""],
        "cause": [],
    }


def _in_field(key, value, each) -> bool:
    if key in (fields := _fields(each)):
        return any(value.casefold() in text.casefold() for text in fields[key])
    if key == "is":
        return each.archived if value == "archived" else each.state in STATES[value]
    return value == {"experiment": each.experiment_name, "user": each.user, "type": each.type}[key]


def _holds(term, each) -> bool:
    if isinstance(term, Comparison):
        found = any(_compared(term, source, each) for source in term.sources)
    elif isinstance(term, FieldTerm):
        found = any(_in_field(term.key, value, each) for value in term.values)
    else:
        texts = [*_labels(each), *(text for some in _fields(each).values() for text in some)]
        found = any(term.text.casefold() in text.casefold() for text in texts)
    return found is not term.negated


def _matches(query, each) -> bool:
    return (
        (not query.states or each.state in query.states)
        and (not query.types or each.type in query.types)
        and query.experiment_name in (None, each.experiment_name)
        and ("archived" in query.filter or query.archived in (None, each.archived))
        and (not query.created_after or each.created_at >= query.created_after)
        and (not query.created_before or each.created_at < query.created_before)
        and all(_holds(term, each) for term in query.terms)
    )


def _key(query, each):
    """What orders a job: None where it has no value."""
    if "." not in query.sort:
        return getattr(each, query.sort)
    source, key = query.sort.split(".", 1)
    if source == "metrics":
        value = each.metrics.get(key, math.nan)
        return value if math.isfinite(value) else None
    if key not in each.parameters:
        return None
    number = _number(each.parameters[key])
    # numbers first, whichever the direction
    return ((number is not None) == query.descending, number or 0.0, _text(each.parameters[key]))


def expected(query, everything):
    found = [each for each in everything if _matches(query, each)]
    with_value = [each for each in found if _key(query, each) is not None]
    without = [each for each in found if _key(query, each) is None]
    if query.descending:
        with_value, without = with_value[::-1], without[::-1]
    with_value.sort(key=lambda each: _key(query, each), reverse=query.descending)
    return [each.name for each in with_value + without]


numbers = st.sampled_from(["0.25", "0", "-1", "inf", "-inf", "3", "0.5", "1", "1e30"])
texts = st.sampled_from(["ridge", "one", "x" * 300, "True", "true", "null", "50%", "red", "blue", "1"])
operators = st.sampled_from(list(OPERATORS))
comparisons = st.one_of(
    st.builds(Comparison, st.sampled_from(KEYS), operators, numbers | texts, st.just(("parameters",)), st.booleans()),
    st.builds(
        Comparison, st.sampled_from(["r2", "loss", "nothing"]), operators, numbers, st.just(("metrics",)), st.booleans()
    ),
    st.builds(Comparison, st.just("team"), operators, texts, st.just(("tags",)), st.booleans()),
    st.builds(Comparison, st.sampled_from([*KEYS, "r2", "team"]), operators, numbers | texts, negated=st.booleans()),
    st.builds(
        lambda name, source, negated: Comparison(name, sources=(source,), negated=negated),
        st.sampled_from([*KEYS, "r2", "team"]),
        st.sampled_from(SOURCES),
        st.booleans(),
    ),
)
words = st.sampled_from(
    ["strasse", "5%", "_5", "JOB-1", "ü", "\\", "TRAIN.ipynb", "model=r", "red", "o", "nothing like it"]
)
keyed = st.one_of(
    st.tuples(st.just("is"), st.lists(st.sampled_from([*STATES, "archived"]), min_size=1, max_size=3)),
    st.tuples(st.just("experiment"), st.lists(st.sampled_from(["one", "two", "none"]), min_size=1, max_size=2)),
    st.tuples(st.just("user"), st.just(["ann"])),
    st.tuples(st.just("type"), st.just(["notebook"])),
    st.tuples(st.sampled_from(["name", "notebook", "cause"]), st.lists(words, min_size=1, max_size=2)),
)
terms = st.one_of(
    comparisons,
    st.builds(TextTerm, words, st.booleans()),
    st.builds(lambda pair, negated: FieldTerm(pair[0], tuple(pair[1]), negated), keyed, st.booleans()),
)
moments = st.integers(0, 20).map(lambda seconds: WHEN + timedelta(seconds=seconds))
filters = {
    "states": st.lists(st.sampled_from([JobState.QUEUED, JobState.COMPLETED, JobState.RUNNING]), max_size=2),
    "types": st.lists(st.sampled_from(["notebook", "command", MLFLOW_RUN]), max_size=2),
    "experiment_name": st.sampled_from(["one", "none"]),
    "filter": st.lists(terms, min_size=1, max_size=3).map(written),
    "created_after": moments,
    "created_before": moments,
    "archived": st.sampled_from([True, None]),
}
# few filters at a time: with all of them nothing would be left
some_filters = st.lists(st.sampled_from(list(filters)), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: filters[name] for name in names})
)
orders = st.fixed_dictionaries(
    {
        "sort": st.sampled_from([*COLUMNS, "metrics.r2", "metrics.nothing", *(f"parameters.{key}" for key in KEYS)]),
        "descending": st.booleans(),
        "limit": st.integers(1, 30),
        "offset": st.integers(0, 20) | st.integers(0, 70),
    }
)
queries = st.builds(lambda *parts: JobQuery(**parts[0], **parts[1]), some_filters, orders)


@settings(max_examples=400)
@given(query=queries, few=st.sampled_from([0, 10, 1_000]))
def test_a_page_is_what_a_loop_finds(filled, query, few):
    store, everything = filled
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paging, "_FEW", few)  # more than this many are looked for in another way
        page = store.jobs.list(query)
    names = expected(query, everything)
    assert page.total == len(names), query
    assert [each.name for each in page.items] == names[query.offset : query.offset + query.limit]


def test_pages_hold_whole_jobs(filled):
    store, everything = filled
    page = store.jobs.list(JobQuery(archived=None, limit=1_000))
    found = {each.name: each for each in page.items}
    assert {name: repr(each) for name, each in found.items()} == {each.name: repr(each) for each in everything}


def test_jobs_without_a_finite_value_come_last(store):
    for number, value in enumerate([0.5, math.nan, math.inf, -2.0, -math.inf]):
        store.jobs.insert(job(f"job-{number}"), host=None)
        store.jobs.set_metrics(f"job-{number}", {"r2": metric(value)})
    store.jobs.insert(job("none"), host=None)
    up = [each.name for each in store.jobs.list(JobQuery(sort="metrics.r2", descending=False)).items]
    down = [each.name for each in store.jobs.list(JobQuery(sort="metrics.r2")).items]
    assert up == ["job-3", "job-0", "job-1", "job-2", "job-4", "none"]
    assert down == ["job-0", "job-3", "none", "job-4", "job-2", "job-1"]


def test_many_pages_add_up(filled):
    store, everything = filled
    for sort in ("created_at", "started_at", "metrics.r2", "parameters.mixed"):
        query = JobQuery(archived=None, sort=sort, limit=7)
        pages = [store.jobs.list(query.model_copy(update={"offset": offset})).items for offset in range(0, 70, 7)]
        names = [each.name for page in pages for each in page]
        assert sorted(names) == sorted(each.name for each in everything)
