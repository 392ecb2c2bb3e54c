# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Hand the credentials of datastores to the processes of a job or a notebook, when these read data."""

from __future__ import annotations
