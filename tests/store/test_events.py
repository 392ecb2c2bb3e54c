# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Events are in order, without duplicates, and not before their changes."""

from __future__ import annotations

import threading

from tests.store.jobs import job


def test_in_order_and_in_pages(store):
    for number in range(5):
        store.events.append("made", "model", f"m{number}", {"number": number})
    assert store.events.last() == 5
    first = store.events.since(0, limit=2)
    assert [(event.sequence, event.name, event.data) for event in first] == [
        (1, "m0", {"number": 0}),
        (2, "m1", {"number": 1}),
    ]
    assert [event.name for event in store.events.since(2)] == ["m2", "m3", "m4"]
    assert first[0].time.tzinfo is not None


def test_old_ones_are_forgotten_and_numbers_are_not_used_again(store):
    for number in range(5):
        store.events.append("made", "model", f"m{number}")
    store.events.prune(keep=2)
    assert [event.sequence for event in store.events.since(0)] == [4, 5]
    store.events.prune(keep=0)
    store.events.append("made", "model", "next")
    assert [event.sequence for event in store.events.since(0)] == [6]


def test_none_yet(store):
    assert store.events.last() == 0
    assert store.events.since(0) == []
    store.events.prune()


def test_a_reader_misses_none_while_many_write(store):
    def write(number):
        for index in range(15):
            store.jobs.insert(job(f"job-{number}-{index}"), host=None)

    writers = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers) or len(seen) < store.events.last():
        # a reader of a number must have read all before it
        seen += [event.sequence for event in store.events.since(seen[-1] if seen else 0)]
    assert seen == list(range(1, 62))  # a job each, and the experiment
