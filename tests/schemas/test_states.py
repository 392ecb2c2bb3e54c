# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.schemas.states import ACTIVE, FINAL, TRANSITIONS, JobState, can_become


def test_every_state_has_its_row():
    assert set(TRANSITIONS) == set(JobState)


def test_final_states_are_exactly_those_that_nothing_follows():
    assert {state for state, following in TRANSITIONS.items() if not following} == FINAL
    assert not FINAL & ACTIVE


def test_every_state_can_be_reached_and_every_life_can_end():
    def reachable(start: JobState) -> set[JobState]:
        seen, todo = set(), [start]
        while todo:
            state = todo.pop()
            if state not in seen:
                seen.add(state)
                todo += TRANSITIONS[state]
        return seen

    assert reachable(JobState.NOT_STARTED) == set(JobState)
    for state in JobState:
        assert reachable(state) & FINAL, state


@given(st.lists(st.sampled_from(JobState), min_size=2, max_size=12))
def test_no_walk_leaves_a_final_state_or_starts_running_without_preparing(walk):
    state = JobState.NOT_STARTED
    prepared = False
    for following in walk:
        if can_become(state, following):
            assert state not in FINAL
            prepared |= following is JobState.PREPARING
            assert following is not JobState.RUNNING or prepared
            state = following
