# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write simulated measurements of a reactor: its yield at a temperature and a pressure."""

import argparse
import csv
import random
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--count", type=int, default=500)
parser.add_argument("--to", type=Path, required=True)
arguments = parser.parse_args()

source = random.Random(7)
with arguments.to.open("w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["temperature", "pressure", "yield"])
    for _ in range(arguments.count):
        temperature, pressure = source.uniform(20, 90), source.uniform(1, 5)
        noise = source.gauss(0, 1)
        rows.writerow([round(temperature, 2), round(pressure, 3), round(12 + 0.6 * temperature + 4 * pressure + noise, 3)])
print(arguments.count, "measurements")
