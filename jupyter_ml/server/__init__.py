# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The REST API: an extension of Jupyter Server that parses requests, calls the services and encodes the results."""

from __future__ import annotations
