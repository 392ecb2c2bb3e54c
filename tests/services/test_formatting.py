# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Format values as plain text."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.queue import QueuePosition
from jupyter_ml.schemas.requests import PendingRequest
from jupyter_ml.services.formatting import output_text, queue_text, summary, value_text
from tests.store.jobs import WHEN, job


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456, "0.1235"),
        (0.9999, "0.9999"),
        (0.99999999, "0.99999999"),
        (-1.00001, "-1.00001"),
        (123456.7, "123456.7"),
        (2.0, "2"),
        (1e-9, "1e-09"),
        (1e300, "1e+300"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (0, "0"),
        (True, "True"),
        (None, ""),
        ("", ""),
        ("a", "a"),
        ({"$type": "date", "value": "2024-05-01"}, "2024-05-01"),
        ({"$type": "tuple", "value": [1, 2]}, "(1, 2)"),
    ],
)
def test_the_text_of_a_value(value, text):
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("kind", "error", "text"),
    [
        ("delete", None, "deleting"),
        ("delete", "the disk\n is away", "delete failed: the disk is away"),
        ("cancel", "no answer", "cancel failed: no answer"),
        ("cancel", None, "cell 2 of 4"),
    ],
)
def test_a_request_that_waits_is_what_matters_of_a_job(kind, error, text):
    request = PendingRequest(kind=kind, requested_at=WHEN, error=error)
    progress = {"cells_done": 1, "cells_total": 4}
    assert summary(job("one", state="Running", progress=progress, request=request)) == text


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ({"output_type": "stream", "name": "stdout", "text": ["a", 5]}, "a5"),
        ({"output_type": "stream", "name": "stdout"}, ""),
        ({"output_type": "error", "traceback": ["a", None]}, "a\nNone\n"),
        ({"output_type": "display_data", "data": None}, ""),
        ({"output_type": "display_data", "data": {"text/plain": "a"}}, "a\n"),
    ],
)
def test_an_output_of_any_shape_has_a_text(output, text):
    assert output_text(output) == text


def test_the_text_of_a_position_in_the_queue():
    def after(seconds):
        return now() + timedelta(seconds=seconds + 0.5)

    assert queue_text(QueuePosition(), "local") == ""
    assert queue_text(QueuePosition(position=1), "local") == "#1 in the queue"
    assert (
        queue_text(QueuePosition(position=4, running=3), "gpu") == "#4 in the queue, waits for 3 jobs that run on gpu"
    )
    known = QueuePosition(position=2, running=1, after=("a", "b"), starts_at=after(125))
    assert queue_text(known, "local") == "#2 in the queue, starts after a and b in about 2 min 5 s"
    ranged = known.model_copy(update={"position": 5, "earliest_at": after(50), "latest_at": after(180)})
    assert queue_text(ranged, "local").endswith("starts after a, b and 3 others in about 2 min 5 s (50 s to 3 min 0 s)")
    known = known.model_copy(update={"estimates": 20, "right_estimates": 17})
    assert queue_text(known, "local").endswith(", 17 of the last 20 estimates were right")
    new = queue_text(QueuePosition(position=1, running=1, without_history="a"), "local")
    assert new.endswith("on local, its start is not known: no job like a has completed there yet")
    late = queue_text(QueuePosition(position=1, running=1, overdue="a"), "local")
    assert late.endswith("its start is not known: a takes longer than all jobs like it")
