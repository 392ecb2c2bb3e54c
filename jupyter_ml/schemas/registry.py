# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""All kinds of resources that a workspace has."""

from __future__ import annotations

from jupyter_ml.schemas.computes import COMPUTE
from jupyter_ml.schemas.data import DATA
from jupyter_ml.schemas.datastores import DATASTORE
from jupyter_ml.schemas.environments import ENVIRONMENT
from jupyter_ml.schemas.experiments import EXPERIMENT
from jupyter_ml.schemas.job_kind import JOB
from jupyter_ml.schemas.kinds import Kinds
from jupyter_ml.schemas.models import MODEL

__all__ = ["KINDS"]

KINDS = Kinds(JOB, EXPERIMENT, DATASTORE, DATA, ENVIRONMENT, MODEL, COMPUTE)
