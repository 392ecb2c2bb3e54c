# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fit the yield of a reactor by least squares."""

import argparse
import json
from pathlib import Path

import mlflow
import numpy as np

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=Path, required=True)
parser.add_argument("--model", type=Path, required=True)
arguments = parser.parse_args()

table = np.genfromtxt(arguments.data, delimiter=",", names=True)
target = table["yield"]
features = np.column_stack([np.ones_like(target), table["temperature"], table["pressure"]])
weights, *_ = np.linalg.lstsq(features, target, rcond=None)
r2 = 1 - np.sum((target - features @ weights) ** 2) / np.sum((target - target.mean()) ** 2)
mlflow.log_metric("r2", r2)

names = ["intercept", "temperature", "pressure"]
(arguments.model / "weights.json").write_text(json.dumps(dict(zip(names, weights.round(4).tolist(), strict=True))))
print(f"r2 = {r2:.4f} with NumPy {np.__version__}")
