# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check what needs an NVIDIA GPU, and print figures; run by ``check.sh``."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import nbformat

from jupyter_ml import Workspace
from jupyter_ml.agent.kernel_forks import directory_of
from jupyter_ml.agent.probing import _libraries, _uses_cuda
from jupyter_ml.compute.gpus import gpu_ids, gpu_usage
from jupyter_ml.errors import InvalidInputError

TORCH = """
import os, torch
print("visible", os.environ["CUDA_VISIBLE_DEVICES"], torch.cuda.device_count())
a = torch.randn(4096, 4096, device="cuda")
for _ in range(20): a = (a @ a).tanh()
torch.cuda.synchronize()
print("sum", float(a.sum()))
"""
DRIVER = """
import ctypes, os
cuda = ctypes.CDLL("libcuda.so.1")
def check(code):
    assert code == 0, code
count, device, context, memory = ctypes.c_int(), ctypes.c_int(), ctypes.c_void_p(), ctypes.c_void_p()
check(cuda.cuInit(0)); check(cuda.cuDeviceGetCount(ctypes.byref(count)))
print("visible", os.environ["CUDA_VISIBLE_DEVICES"], count.value)
check(cuda.cuDeviceGet(ctypes.byref(device), 0))
check(cuda.cuCtxCreate_v2(ctypes.byref(context), 0, device))
check(cuda.cuMemAlloc_v2(ctypes.byref(memory), ctypes.c_size_t(1 << 30)))
check(cuda.cuMemsetD32_v2(memory, 7, ctypes.c_size_t(1 << 28)))
check(cuda.cuCtxSynchronize())
value = ctypes.c_uint()
check(cuda.cuMemcpyDtoH_v2(ctypes.byref(value), memory, ctypes.c_size_t(4)))
print("value", value.value)
"""

INITIALIZES = """
import ctypes
assert ctypes.CDLL("libcuda.so.1").cuInit(0) == 0
"""
"""A module whose import initializes CUDA."""
LOOK = "import sys; print('imported before:', *sorted({'torch', 'initializes_cuda'} & set(sys.modules)))"
COMPUTE = "print('sum', torch.ones(1000, device='cuda').sum().item())"


def main() -> None:
    """Run the checks one after the other."""
    ids = gpu_ids()
    print("GPUs:", ids, [(each.name, each.percent, each.memory_total_bytes) for each in gpu_usage()])
    if not ids:
        print("no GPU: the checks end here")
        return
    check_fork_safety()
    check_accounting()
    work = Path(sys.argv[1])
    with Workspace.init(work) as workspace:
        check_jobs(workspace, work, ids)
        check_forks(workspace, work)
        workspace.supervisor.stop()
    print("all checks passed")


def check_fork_safety() -> None:
    """A process in which CUDA was initialized is found out, so that nothing is forked from it."""
    assert not _uses_cuda(_libraries()), "this process has not used CUDA"
    code = (
        "import ctypes; from jupyter_ml.agent.probing import _libraries, _uses_cuda\n"
        "cuda = ctypes.CDLL('libcuda.so.1'); print(_uses_cuda(_libraries()))\n"
        "assert cuda.cuInit(0) == 0; print(_uses_cuda(_libraries()))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert printed == ["False", "True"], printed
    print("fork safety: a process that has initialized CUDA is refused")


def check_accounting() -> None:
    """Print what NVML knows of a process: its memory, and whether its share of the processors is measured."""
    import pynvml

    hold = DRIVER + "import time; print('ready', flush=True); time.sleep(20)"
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": gpu_ids()[0]}
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True, env=environment) as holder:
        assert holder.stdout is not None
        while holder.stdout.readline() != "ready\n":
            assert holder.poll() is None, "the program has failed"
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByUUID(gpu_ids()[0])
        found = pynvml.nvmlDeviceGetComputeRunningProcesses(handle)
        print("accounting:", [(each.pid, each.usedGpuMemory) for each in found], "expected", holder.pid)
        holder.kill()


def check_jobs(workspace: Workspace, work: Path, ids: tuple[str, ...]) -> None:
    """Jobs have whole GPUs, and one that wants more than there are is refused."""
    code = work / "code"
    code.mkdir()
    (code / "job.py").write_text(TORCH if _has_torch() else DRIVER)
    command = f"{sys.executable} job.py"
    start = time.monotonic()
    spec = {"type": "command", "command": command, "code": str(code), "resources": {"gpus": 1}}
    jobs = [workspace.jobs.submit(spec) for _ in range(len(ids) + 1)]
    for job in jobs:
        ended = workspace.jobs.wait(job.name)
        log = workspace.jobs.folder(job.name).std_log.read_text()
        print(f"{job.name}: {ended.state} on {ended.gpus} in {ended.duration_s:.1f} s: {' '.join(log.split())}")
        assert ended.state == "Completed"
        assert f"visible {ended.gpus[0]} 1" in log
    print(f"{len(jobs)} jobs on {len(ids)} GPUs: {time.monotonic() - start:.1f} s")
    try:
        workspace.jobs.submit({**spec, "resources": {"gpus": len(ids) + 1}})
    except InvalidInputError as error:
        print("refused:", error)
    else:
        raise AssertionError("a job with more GPUs than there are was accepted")


def check_forks(workspace: Workspace, work: Path) -> None:
    """Kernels are forked with PyTorch, without a module that initializes CUDA, and use the GPU."""
    (Path(sysconfig.get_path("purelib")) / "initializes_cuda.py").write_text(INITIALIZES)
    code = [LOOK, "import initializes_cuda", *(["import torch", COMPUTE] if _has_torch() else [])]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in code])
    nbformat.write(notebook, work / "gpu.ipynb")
    wanted = "imported before: torch" if _has_torch() else "imported before:"
    log = Path(directory_of(sys.executable), "agent.log")
    deadline = time.monotonic() + 120
    while True:
        submitted = time.monotonic()
        job = workspace.jobs.submit({"type": "notebook", "notebook": str(work / "gpu.ipynb"), "resources": {"gpus": 1}})
        assert workspace.jobs.wait(job.name).state == "Completed"
        seconds, cells = time.monotonic() - submitted, workspace.jobs.notebook(job.name)["cells"]
        printed = ["".join(each["text"]).strip() for cell in cells for each in cell["outputs"] if "text" in each]
        print(f"{job.name}: {seconds:.2f} s: {printed}")
        learned = log.read_text() if log.exists() else ""
        if printed[0] == wanted and "initializes_cuda is left out: " in learned:
            break
        assert time.monotonic() < deadline, f"no kernel was forked with what its notebook imports: {learned}"
        time.sleep(1)
    print("".join(line for line in learned.splitlines(keepends=True) if "agent: " in line), end="")


def _has_torch() -> bool:
    code = "import torch; assert torch.cuda.is_available()"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    main()
