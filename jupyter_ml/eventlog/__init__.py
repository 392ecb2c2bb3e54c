# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write, read, compact and reduce the event logs of attempts."""

from __future__ import annotations
