# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test properties that are created on first use."""

from __future__ import annotations

import threading

from jupyter_ml.services.once import once


def test_threads_that_need_a_value_at_the_same_moment_get_the_same():
    created, started, release = [], threading.Event(), threading.Event()

    class Owner:
        @once
        def value(self) -> object:
            """What takes long to create."""
            started.set()
            release.wait()
            created.append(object())
            return created[-1]

    owner, found = Owner(), []
    threads = [threading.Thread(target=lambda: found.append(owner.value)) for _ in range(2)]
    threads[0].start()
    started.wait()
    threads[1].start()
    threads[1].join(0.1)  # it waits for the first one
    release.set()
    for thread in threads:
        thread.join()
    assert found == created * 2
    assert Owner.value.__doc__ == "What takes long to create."
    assert Owner().value is not owner.value
