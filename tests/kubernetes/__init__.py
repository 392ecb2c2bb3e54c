# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A stand-in for Kubernetes and the operator of dask-kubernetes: its pods are processes of this machine."""
