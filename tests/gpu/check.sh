#!/bin/bash
# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

# Check what needs an NVIDIA GPU: on a machine with a GPU, Python 3.12 and no network, in a copy of this directory.
#
#   make gpu-wheels               here: fill build/gpu-wheels (ignored by git) with what Jupyter ML needs, for Linux
#   bash tests/gpu/check.sh       there: run the checks, and write $OUT/gpu.txt (OUT is build/gpu by default)
#
# It takes PyTorch from the machine's Python, if that has it: its wheels are too large to be carried along. Otherwise a
# job uses the driver through ctypes. Without a GPU it stops after the installation. The front end is not installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
OUT=$(mkdir -p "${OUT:-build/gpu}" && cd "${OUT:-build/gpu}" && pwd)
exec > >(tee "$OUT/gpu.txt") 2>&1
DEADLINE=${DEADLINE:-480}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

python3 --version | grep -q ' 3\.12' && PYTHON=python3 || PYTHON=python3.12
echo "python: $($PYTHON --version)  torch: $($PYTHON -c 'import torch; print(torch.__version__)' 2>/dev/null || echo none)"
nvidia-smi --query-gpu=index,uuid,name,driver_version,memory.total --format=csv 2>/dev/null || echo "nvidia-smi: none"

"$PYTHON" -m venv --without-pip "$WORK/env"
"$PYTHON" -m pip --python "$WORK/env/bin/python" install -q --no-index --find-links build/gpu-wheels \
  -r tests/gpu/requirements.txt
"$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
  >"$("$WORK/env/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/machine.pth"
"$WORK/env/bin/python" tests/gpu/install.py

timeout "$DEADLINE" "$WORK/env/bin/python" tests/gpu/check.py "$WORK"
