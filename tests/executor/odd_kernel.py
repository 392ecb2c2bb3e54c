# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel that violates the protocol: `python -m tests.executor.odd_kernel CONNECTION_FILE [--tcp | --deaf]`.

A cell is Python code with the kernel as ``kernel``; the fields in ``kernel.reply`` are added to the reply, and
messages of the types in ``kernel.dropped`` are never sent.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class OddKernel(Kernel):
    implementation, implementation_version, banner = "odd", "1", ""
    language_info: ClassVar = {"name": "odd", "mimetype": "text/plain", "file_extension": ".txt"}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.reply: dict[str, Any] = {}
        self.dropped: tuple[str, ...] = ()
        send = self.session.send
        self.session.send = lambda stream, kind, content=None, *more, **others: (
            None if self._names(kind, content) & set(self.dropped) else send(stream, kind, content, *more, **others)
        )

    @staticmethod
    def _names(kind: Any, content: Any) -> set[str]:
        return {str(kind), str((content or {}).get("execution_state"))}

    def emit(self, kind: str, **content: Any) -> None:
        self.send_response(self.iopub_socket, kind, content)

    async def do_execute(self, code: str, *_arguments: Any, **_options: Any) -> dict[str, Any]:
        self.reply = {}
        exec(code, {"kernel": self})
        return {"status": "ok", "execution_count": self.execution_count, **self.reply}


if __name__ == "__main__":
    if "--tcp" in sys.argv and json.loads(Path(sys.argv[1]).read_text())["transport"] != "tcp":
        sys.exit("this kernel supports ports only")
    if "--deaf" in sys.argv and json.loads(Path(sys.argv[1]).read_text())["transport"] != "tcp":
        time.sleep(600)
    IPKernelApp.launch_instance(argv=["-f", sys.argv[1]], kernel_class=OddKernel)
