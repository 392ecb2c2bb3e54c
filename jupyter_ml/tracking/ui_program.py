# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Serve MLflow's own UI on a socket file until standard input is closed.

``python -m jupyter_ml.tracking.ui_program SOCKET APP`` is started by `jupyter_ml.tracking.ui`, which holds the other
end of standard input: the program ends with the process that started it, however that ends.
"""

from __future__ import annotations

import os
import sys
import threading

from jupyter_ml.tracking.socket_server import bound, leave


def main(path: str, app: str) -> None:
    """Serve an ASGI application, given as ``module:name``, once it is loaded."""
    threading.Thread(target=_leave_at_end_of_input, args=(path,), daemon=True).start()
    import uvicorn

    config = uvicorn.Config(app, log_level="warning", server_header=False)
    config.load()
    with bound(path) as listener:
        uvicorn.Server(config).run([listener])


def _leave_at_end_of_input(path: str) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    leave(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
