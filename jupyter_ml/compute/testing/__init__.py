# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The contract of every compute, as tests: subclass `ComputeContract` and give it the fixtures it names.

The tests know nothing of the machine on which a compute runs its programs: those report through files that are read
with `Process.follow`. A compute that runs its programs on another machine inherits all of them.
"""

from __future__ import annotations

from jupyter_ml.compute.testing.files import FilesContract
from jupyter_ml.compute.testing.killing import KillingContract
from jupyter_ml.compute.testing.lifecycle import LifecycleContract
from jupyter_ml.compute.testing.processes import ProcessContract

__all__ = ["ComputeContract"]


class ComputeContract(LifecycleContract, ProcessContract, KillingContract, FilesContract):
    """The tests. A subclass defines the fixtures ``compute``, ``folder`` and ``python``."""
