#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""two_nodes.py ROW [SIZE]: runs ROW.erl, which starts a second node, with an epmd and a cookie of their own.

Everything listens on loopback only and is gone when this ends.
"""

import os
import pathlib
import secrets
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(home, port, row, arguments):
    cookie = pathlib.Path(home, ".erlang.cookie")
    cookie.write_text(secrets.token_hex(20), encoding="ascii")
    cookie.chmod(0o400)
    for sources in ([HERE / "row.erl"], HERE.glob("*.erl")):  # the others are checked against it
        subprocess.run(["erlc", "-o", home, "-pa", home, *map(str, sources)], check=True)
    # ERL_AFLAGS: both nodes read them.
    flags = f"-start_epmd false -kernel inet_dist_use_interface {{127,0,0,1}} -pa {home}"
    settings = {"HOME": home, "ERL_EPMD_PORT": port, "ERL_AFLAGS": flags}
    erl = ["erl", "-noinput", "-sname", f"asker{os.getpid()}@localhost", "-run", "row", "main", row, *arguments]
    return subprocess.run(erl, cwd=home, env=os.environ | settings, check=False).returncode


def main():
    port = free_port()
    with tempfile.TemporaryDirectory() as home, \
            subprocess.Popen(["epmd", "-address", "127.0.0.1", "-port", port]) as epmd:
        try:
            return run(home, port, sys.argv[1], sys.argv[2:])
        finally:
            epmd.kill()


if __name__ == "__main__":
    sys.exit(main())
