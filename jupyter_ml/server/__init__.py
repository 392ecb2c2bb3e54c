# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The way in over HTTP: an extension of Jupyter Server that parses, calls the services and answers."""

from __future__ import annotations
