# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs that the contract of computes starts; they report through files."""

from __future__ import annotations

__all__ = ["CHILD", "DAEMON", "GROWS", "RESPAWN", "SERVER"]

BEAT = """
def beat(name):
    while True:
        with open(name, "a") as file:
            file.write("alive\\n")
        time.sleep(0.01)
"""
DAEMON = f"""
import os, sys, time
{BEAT}
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        beat("daemon")
    os._exit(0)
os.wait()
if sys.argv[1] == "stay":
    time.sleep(600)
while not os.path.exists("daemon"):
    time.sleep(0.01)
"""
"""Starts a daemon in a session of its own, as users' notebooks do, which shows in a file that it is alive."""
CHILD = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {f"import time{chr(10)}{BEAT}beat('child')"!r}], env={{}})
"""
RESPAWN = """
import os, time
while True:
    if os.fork():
        os._exit(0)
    os.setsid()
    with open("respawned", "a") as file:
        file.write("alive\\n")
    time.sleep(0.01)
"""
GROWS = """
import os, sys, time
size = lambda: os.path.exists(sys.argv[1]) and os.stat(sys.argv[1]).st_size
before, end = size(), time.monotonic() + float(sys.argv[2])
while size() == before and time.monotonic() < end:
    time.sleep(0.02)
sys.exit(size() == before)
"""
SERVER = """
import socket, sys
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind("s")
    listener.listen()
    print("ready", flush=True)
    connection, _ = listener.accept()
    connection.sendall(connection.recv(5).upper())
    connection.recv(1)
"""
