# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows and profiles of data files, read in a worker process that can be killed; the only importer of DuckDB."""
