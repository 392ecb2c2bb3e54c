# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Which queued jobs start, by what they need of their compute."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.schemas.admission import Candidate, Holder, admit
from jupyter_ml.schemas.queue import Shortage


def holder(memory=0, gpus=0, left_s=math.inf):
    return Holder({"memory": memory, "gpus": gpus}, lambda: left_s)


def candidates(*needs):
    """Jobs that need memory, GPUs and seconds."""
    return [
        Candidate(number, {"memory": memory, "gpus": gpus}, lambda longest_s=longest_s: longest_s)
        for number, (memory, gpus, longest_s) in enumerate(needs)
    ]


def admitted(capacity, running, needs, slots=9):
    return [each.job_id for each in admit(capacity, running, candidates(*needs), slots).admitted]


def test_jobs_start_as_long_as_there_is_memory_for_them():
    needs = [(30, 0, math.inf)] * 3
    assert admitted({"memory": 90}, [], needs) == [0, 1, 2]
    assert admitted({"memory": 90}, [], needs, slots=2) == [0, 1]
    assert admitted({"memory": 90}, [holder(31)], needs) == [0]
    assert admitted({}, [holder(31)], needs) == [0, 1, 2], "where memory does not count"


def test_what_the_first_job_lacks_is_known():
    decision = admit({"memory": 90, "gpus": 2}, [holder(40, gpus=1)], candidates((60, 0, 1), (1, 2, 1)), 9)
    assert decision.blocked[0].job_id == 0
    assert decision.blocked[1] == Shortage(resource="memory", needed=60, free=50)
    decision = admit({"memory": 90, "gpus": 2}, [holder(40, gpus=1)], candidates((50, 2, 1)), 9)
    assert decision.blocked[1] == Shortage(resource="gpus", needed=2, free=1)


def test_a_job_that_is_alone_starts_with_the_memory_that_there_is():
    assert admitted({"memory": 90}, [], [(500, 0, 1), (1, 0, 1)]) == [0]
    assert admitted({"memory": 90, "gpus": 0}, [], [(0, 1, 1)]) == [], "there is no other GPU"


def nodes(count, s=math.inf):
    return {"nodes": count}, lambda: s


def test_a_job_of_several_nodes_waits_for_all_of_them():
    waiting = [Candidate(number, *nodes(count)) for number, count in enumerate((1, 3, 1))]
    running = [Holder(*nodes(1, 60)), Holder(*nodes(1))]
    decision = admit({}, running, waiting, 3)
    assert [each.job_id for each in decision.admitted] == [0], "the third job would take one of those"
    assert decision.blocked == (waiting[1], Shortage(resource="nodes", needed=3, free=2))
    assert [each.job_id for each in admit({}, running, waiting, 4).admitted] == [0, 1]
    short = [waiting[1], Candidate(2, *nodes(1, 50))]
    assert [each.job_id for each in admit({}, running, short, 2).admitted] == [2], "it ends before"


@pytest.mark.parametrize(
    ("left_s", "longest_s", "passing"),
    [(60, 50, [1]), (60, 70, []), (math.inf, 1, []), (60, math.inf, []), (math.inf, math.inf, [])],
)
def test_only_a_job_that_ends_before_the_first_one_can_start_passes_it(left_s, longest_s, passing):
    running = [holder(20, left_s=10), holder(50, left_s=left_s)]
    assert admitted({"memory": 90}, running, [(80, 0, 1), (10, 0, longest_s)]) == passing


def test_jobs_without_gpus_pass_one_that_waits_for_gpus_and_leave_it_its_memory():
    capacity, running = {"memory": 90, "gpus": 2}, [holder(30, gpus=1)]
    needs = [(40, 2, math.inf), (15, 0, math.inf), (15, 0, math.inf), (1, 1, math.inf)]
    assert admitted(capacity, running, needs) == [1]


@given(
    st.integers(1, 100),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2), st.floats(0, 100))),
    st.integers(0, 5),
)
def test_no_more_is_given_than_there_is(memory, needs, slots):
    given_out = admit({"memory": memory, "gpus": 2}, [], candidates(*needs), slots).admitted
    assert len(given_out) <= slots
    assert sum(each.amounts["gpus"] for each in given_out) <= 2
    assert len(given_out) <= 1 or sum(each.amounts["memory"] for each in given_out) <= memory
