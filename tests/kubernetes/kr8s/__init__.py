# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.
