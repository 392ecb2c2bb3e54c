# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""One cause has one message, from the executor and from the supervisor."""

from __future__ import annotations

from jupyter_ml.executor import outcome as executor
from jupyter_ml.schemas import outcomes
from jupyter_ml.schemas.event_log import Ended
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.supervisor import attempt, watching


def test_executor_and_supervisor_have_one_form_and_one_text():
    assert executor.Outcome is watching.Outcome is attempt.Outcome is outcomes.Outcome
    assert executor.CANCELED is watching.CANCELED is attempt.CANCELED
    assert executor.timed_out is watching.timed_out


def test_an_outcome_is_that_of_the_last_event():
    for outcome in (outcomes.COMPLETED, outcomes.CANCELED, outcomes.timed_out(5)):
        assert outcome.state in FINAL
        ended = Ended(time=0, state=outcome.state, cause=outcome.cause)
        assert Ended.model_validate_json(ended.model_dump_json()) == ended
