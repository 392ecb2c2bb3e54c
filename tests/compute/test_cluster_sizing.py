# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How many nodes a cluster needs, and which it removes when."""

from __future__ import annotations

import pytest

from jupyter_ml.compute.dask.sizing import Use, needed, removable
from jupyter_ml.schemas.clusters import ClusterSettings


def used(*idle_since: float | None) -> list[Use]:
    return [Use(idle_since=each) for each in idle_since]


@pytest.mark.parametrize(
    ("slots", "per_node", "least", "nodes"),
    [(0, 1, 0, 0), (0, 1, 2, 2), (3, 1, 0, 3), (9, 1, 0, 4), (5, 2, 0, 3), (6, 2, 0, 3)],
)
def test_the_nodes_have_as_many_slots_as_are_asked_for_within_the_limits(slots, per_node, least, nodes):
    settings = ClusterSettings(max_instances=4, min_instances=least, jobs_per_node=per_node)
    assert needed(settings, slots) == nodes


def test_a_node_is_removed_when_it_was_idle_for_long_enough():
    settings = ClusterSettings(max_instances=4, idle_time_before_scale_down=10)
    nodes = used(0.0, 5.0, None)
    assert removable(settings, nodes, 0, 9.0) == []
    assert removable(settings, nodes, 0, 10.0) == [nodes[0]]
    assert removable(settings, nodes, 0, 15.0) == [nodes[0], nodes[1]]
    assert removable(settings, nodes, 2, 15.0) == [nodes[0]], "the one that was idle for longer"
    assert removable(settings, nodes, 3, 15.0) == [], "jobs wait for them"


def test_a_reservation_or_a_program_ends_the_idle_time():
    use = Use()
    use.note(1.0)
    use.note(2.0)
    assert use.idle_since == 1.0
    use.holds["job"] = False
    use.note(3.0)
    assert use.idle_since is None
    use.holds.clear()
    use.programs = 1
    use.note(4.0)
    assert use.idle_since is None, "its reservation may have been lost with the manager"
    use.programs = 0
    use.note(5.0)
    assert use.idle_since == 5.0
