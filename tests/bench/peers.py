# SPDX-License-Identifier: BSD-3-Clause
"""Who Troupe is compared with, and how a program of theirs is started.

What PEER does for the row NAME is NAME in the folder PEER. Its packages are the group PEER of .ci/packages; a
peer without such a group needs nothing beyond what builds Troupe.
"""

import pathlib
import sys
from dataclasses import dataclass
from typing import Callable

HERE = pathlib.Path(__file__).resolve().parent


def _python(row, _):
    return [sys.executable, "-B", str(HERE / "python" / f"{row}.py")]


def _program(kind):
    return lambda row, programs: [str(programs / f"bench_{row}_{kind}")]


def _erlang(row, _):
    return [sys.executable, "-B", str(HERE / "erlang" / "two_nodes.py"), row]


def _mpi(row, programs):
    # Two processes on whatever there is, also on one processor and as root in a container.
    return ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", *_program("mpi")(row, programs)]


@dataclass(frozen=True)
class Peer:
    title: str
    command: Callable  # of a row's name and where the programs are; the size follows
    compiled: bool = True  # the target bench_ROW_PEER


PEERS = {
    "python": Peer("Python's multiprocessing", _python, compiled=False),
    "caf": Peer("plain CAF", _program("caf")),
    "basp": Peer("CAF's BASP", _program("basp")),
    "erlang": Peer("Erlang", _erlang, compiled=False),
    "mpi": Peer("Open MPI", _mpi),
    "zeromq": Peer("ZeroMQ", _program("zeromq")),
}
