# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A worker that works for a number of CPU seconds before it replies: the path that it is to read."""

from __future__ import annotations

import sys
import time

from jupyter_ml.dataview.requests import Reply, Request

if __name__ == "__main__":
    sys.stdout.write("\n")
    sys.stdout.flush()
    request = Request.model_validate_json(sys.stdin.readline())
    end = time.process_time() + float(request.location.url)
    while time.process_time() < end:
        pass
    sys.stdout.write(Reply(version="done").model_dump_json() + "\n")
