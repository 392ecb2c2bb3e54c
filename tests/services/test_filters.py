# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Filters are completed from what the jobs of the workspace have, and mistakes in them are found."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.filter_checks import FilterCheckQuery
from jupyter_ml.schemas.queries import JOB_FILTER_KEYS, JobQuery
from jupyter_ml.services.workspace import Workspace
from tests.store.jobs import job, metric


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with Workspace.init(tmp_path_factory.mktemp("filters")) as workspace:
        jobs = workspace._context.store.jobs
        for number in range(3):
            parameters = {"alpha": 0.1 * number, "model": "ridge"}
            made = job(
                f"job-{number}",
                experiment_name=f"tree {number}",
                tags={"team": "a,b", "two words": "x"},
                parameters=parameters,
            )
            jobs.insert(made.model_copy(update={"user": "ann"}), host=None)
            jobs.set_metrics(made.name, {"r2": metric(0.5), "val/acc": metric(1)})
        yield workspace


def completed(workspace, before):
    return [each.before for each in workspace.filters.complete("job", before)]


def test_an_empty_filter_is_completed_by_keys(filled):
    assert completed(filled, "") == [f"{key.name}:" for key in JOB_FILTER_KEYS]
    first = filled.filters.complete("job", "otter ")[0]
    assert (first.before, first.label) == ("otter is:", "is:")
    assert "is:failed" in first.detail


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("is:can", ["is:canceled ", "is:cancelrequested "]),
        ("otter -is:failed,queu", ["otter -is:failed,queued "]),
        ("fail", ["is:failed "]),
        ("exp", ["experiment:"]),
        ("experiment:", ['experiment:"tree 0" ', 'experiment:"tree 1" ', 'experiment:"tree 2" ']),
        ('experiment:"tree 2', ['experiment:"tree 2" ']),
        ("notebook:T", ["notebook:train.ipynb "]),
        ("user:", ["user:ann "]),
        ("tag:", ["tag:team", 'tag:"two words"']),
        ("tag:te", ["tag:team"]),
        ("tag:team=", ['tag:team="a,b" ']),
        ("metrics.", ["metrics.r2", "metrics.val/acc"]),
        ("metric:acc", ["metric:val/acc"]),
        ("alp", ["alpha"]),
        ("wor", ['"two words"']),
        ("model = ", ["model = ridge "]),
        ("r2>", []),
        ("description:", []),
        ("foo:", []),
        ("x" * 3_000, []),
    ],
)
def test_the_part_before_the_cursor_is_completed(filled, before, after):
    assert completed(filled, before) == after


@pytest.mark.parametrize("before", ["", "is:", "experiment:", "tag:", "tag:team=", "par", "alpha=", "-metric:", "wor"])
def test_every_completion_can_be_read_or_continued(filled, before):
    for text in completed(filled, before):
        query = FilterCheckQuery(filter=text)
        check = filled.filters.check("job", query)
        assert check.error is None or check.incomplete, text


def test_errors_and_names_that_no_job_has(filled):
    def check(text):
        found = filled.filters.check("job", FilterCheckQuery(filter=text))
        return found.error, found.incomplete, found.notice

    assert check("otter alpha>0.1 tag:team -metrics.r2<1") == (None, False, None)
    assert check("apha>0.1") == (None, False, "no job has a parameter or metric or tag 'apha' (did you mean 'alpha'?)")
    assert check("metrics.alpha>0.1") == (None, False, "no job has a metric 'alpha'")
    assert check("ridge or tree")[2].startswith("'or' is searched as text")
    error, incomplete, _ = check("is:fai")
    assert ("unknown value 'fai'" in error, incomplete) == (True, True)
    with pytest.raises(ValidationError, match="at most 2500 characters"):
        check("x" * 2_501)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("tree is:archived", {"job", "experiment"}),
        ("tree is:failed", {"job"}),
        ("alpha=0.1", {"job"}),
        ("foo:bar", set()),
    ],
)
def test_the_kinds_that_have_such_a_filter(filled, text, kinds):
    found = filled.filters.check("job", FilterCheckQuery(filter=text)).kinds
    assert {kind for kind in found if kind in ("job", "experiment")} == kinds


def test_an_unknown_kind_is_refused(filled):
    with pytest.raises(NotFoundError, match="there is no kind 'jobs': use one of job"):
        filled.filters.check("jobs", FilterCheckQuery())


def test_an_empty_list_names_what_no_job_has(filled):
    assert filled.jobs.empty_text(JobQuery(filter="parameter:alpa>1")) == (
        "No jobs match the filter: no job has a parameter 'alpa' (did you mean 'alpha'?)"
    )
    assert filled.jobs.empty_text(JobQuery(filter="alpha>100")) == "No jobs match the filter."
