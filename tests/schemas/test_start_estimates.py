# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""When a job in the queue starts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.schemas.start_estimates import Blocker, StartEstimate, estimate_start


def test_a_free_compute_is_not_waited_for():
    assert estimate_start([], []) == StartEstimate()


@pytest.mark.parametrize(
    ("durations", "elapsed_s", "left_s", "left"),
    [
        ([100], 40, None, (60, 60, 60)),
        ([100, 200, 300], 0, None, (150, 200, 250)),
        ([100, 200, 300], 150, None, (75, 100, 125)),
        ([100, 200, 300], 0, 30, (30, 30, 250)),
        ([], 0, 30, (30, 30, 30)),
        ([100], 150, 30, (30, 30, 30)),
        ([100], 150, None, None),
        ([], 0, None, None),
    ],
)
def test_the_rest_of_a_job_is_that_of_similar_ones_that_took_longer(durations, elapsed_s, left_s, left):
    assert Blocker("a", durations, elapsed_s, left_s).left_quartiles == left


def test_jobs_are_assigned_to_the_slots_in_their_order():
    running = [Blocker("a", [100]), Blocker("b", [30])]
    ahead = [Blocker("c", [50]), Blocker("d", [40])]  # c from 30 to 80, d from 80 to 120
    assert estimate_start(running, ahead) == StartEstimate(after=("b", "c", "a"), quartiles=(100, 100, 100))


def test_a_job_without_history_is_named_unless_another_slot_is_free_first():
    new, known = Blocker("new", []), Blocker("known", [60])
    assert estimate_start([new, known], []) == StartEstimate(after=("known",), quartiles=(60, 60, 60))
    assert estimate_start([new, known], [Blocker("next", [])]).unknown == new
    overdue = Blocker("overdue", [60], elapsed_s=61)
    assert estimate_start([overdue], []) == StartEstimate(unknown=overdue)


blockers = st.lists(
    st.builds(
        Blocker,
        st.text(max_size=3),
        st.lists(st.floats(0, 1e6), max_size=10),
        st.floats(0, 1e6),
        st.none() | st.floats(0, 1e6),
    ),
    max_size=8,
)


@given(blockers, blockers)
def test_a_range_contains_the_likeliest_start(running, ahead):
    found = estimate_start(running, ahead)
    if found.quartiles:
        assert found.quartiles[0] <= found.quartiles[1] <= found.quartiles[2]
    elif running:
        assert found.unknown in [*running, *ahead]
