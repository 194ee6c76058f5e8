# SPDX-License-Identifier: BSD-3-Clause
"""The table of benchmarks: what each row measures, beside whom, and what it is to reach.

A row NAME is NAME.cpp here, the program bench_NAME; savina_NAME is savina/NAME.cpp. Each of its peers does the
same; peers.py says where.
"""

from dataclasses import dataclass
from typing import Optional, Union


@dataclass(frozen=True)
class Row:
    name: str
    measures: str
    unit: str
    # Times better than each peer, or {peer: times better}; None: no such promise.
    at_least_ratio: Union[float, dict, None] = None
    limit: Optional[float] = None  # of the value itself; None: no such promise
    higher_is_better: bool = False
    peers: tuple = ("python",)  # names in peers.py; (): nobody else does this
    # The program is bench_PROGRAM with these options; None: that of the row's own name.
    program: Optional[str] = None
    options: tuple = ()
    # Instead of programs: a script that is given the side and where the programs are, and measures that side.
    script: Optional[str] = None
    figure: str = "value"  # which of the numbers that a program prints this row is about
    # How much each side does, so that a run takes about a second; None: as the program says.
    size: Optional[int] = None
    peer_size: Optional[int] = None
    # A slow row is not repeated more often than this.
    most_rounds: Optional[int] = None
    # Keep these of a program's details beside its value.
    details: tuple = ()

    def program_name(self):
        return self.program or self.name

    def ratio(self, value, peer):
        """How many times better than the peer."""
        if not value or not peer:
            return None
        return value / peer if self.higher_is_better else peer / value

    def at_least(self, peer):
        """The ratio to reach beside this peer; None: no such promise."""
        if isinstance(self.at_least_ratio, dict):
            return self.at_least_ratio.get(peer)
        return self.at_least_ratio

    def within_limit(self, value):
        return value >= self.limit if self.higher_is_better else value <= self.limit

    def met(self, value, ratios):
        """True or False; None when there is nothing to reach or nothing to compare with."""
        promises = []
        if self.limit is not None:
            promises.append(self.within_limit(value))
        for peer, ratio in ratios.items():
            if self.at_least(peer) is not None:
                promises.append(None if ratio is None else ratio >= self.at_least(peer))
        if False in promises:
            return False
        return None if None in promises or not promises else True

    def target(self):
        parts = []
        if isinstance(self.at_least_ratio, dict):
            parts += [f"{times:.3g}x {peer}" for peer, times in self.at_least_ratio.items()]
        elif self.at_least_ratio is not None:
            parts.append(f"{self.at_least_ratio:g}x")
        if self.limit is not None:
            parts.append(f"{'>=' if self.higher_is_better else '<='} {self.limit:g} {self.unit}")
        return ", ".join(parts) or "-"


def savina(name, measures, unit):
    """Two rows: inside one process beside plain CAF, and across two worker processes."""
    yield Row(f"savina_{name}", f"Savina, one process: {measures}", unit, at_least_ratio=1, peers=("caf",))
    yield Row(f"savina_{name}_apart", f"Savina, two processes: {measures}", unit, peers=(),
              program=f"savina_{name}", options=("--apart",))


ROWS = [
    Row("pool_apply", "pool.apply, round trip", "us", at_least_ratio=20, limit=6),
    Row("pool_map_chunk1", "pool.map, chunk 1, per task", "us", at_least_ratio=40, limit=0.7),
    Row("pool_imap_chunk1", "pool.imap, chunk 1, per task", "us", at_least_ratio=40),
    Row("pool_map_ints", "pool.map of 1 M small integers, per task", "us", at_least_ratio=20),
    Row("pool_map_efficiency", "pool.map of 2,000 tasks of 1 ms, two workers: efficiency", "of 1",
        limit=0.97, higher_is_better=True, details=("cpu_share", "without_pool")),
    Row("pool_large_payload", "1 MiB argument and 1 MiB result, per task", "us",
        at_least_ratio=15),
    Row("process_start_join", "process start and join", "us", at_least_ratio=3, limit=1000),
    Row("pool_lifetime", "pool of 2: create, map two items, close, join", "us", at_least_ratio=3),
    Row("idle_worker_memory", "private memory of an idle worker", "MB", limit=1.5),
    Row("idle_runtime_cpu", "CPU of an idle runtime with 4 workers", "% of a core", limit=0.1,
        peers=(), most_rounds=3),
    Row("worker_replacement", "death of a worker to its replacement ready", "ms", limit=20,
        peers=()),
    Row("actor_ask", "actor ask, two processes, round trip", "us", limit=3,
        at_least_ratio={"mpi": 1 / 3}, peers=("zeromq", "erlang", "basp", "mpi")),
    Row("actor_ask_flight", "actor asks, two processes, 1,000 in flight", "M/s", limit=2,
        higher_is_better=True, peers=("erlang", "basp")),
    Row("actor_tell", "actor tells of 32 bytes, two processes, one way", "M/s", limit=5,
        higher_is_better=True, peers=("zeromq", "mpi")),
    Row("actor_ask_workers", "actor ask, two worker processes, round trip", "us", limit=3, peers=()),
    Row("actor_local", "actor round trip inside one process", "us", at_least_ratio=1,
        peers=("caf",)),
]
ROWS += [
    Row("actors_100k", "100,000 actors in one process: make one, hear from it", "us", peers=("caf",)),
    Row("actors_100k_memory", "100,000 actors in one process: memory of one", "bytes", peers=("caf",),
        program="actors_100k", figure="bytes", most_rounds=3),
    # Their program is the one whose compiler and flags are taken.
    Row("compile_time", "compile 20 actors of 10 handlers: CPU time", "s", peers=("caf",),
        program="actor_local", script="compile/measure.py", most_rounds=3),
    Row("compile_memory", "compile 20 actors of 10 handlers: peak memory", "MB", peers=("caf",),
        program="actor_local", script="compile/measure.py", figure="megabytes", most_rounds=1),
]
ROWS += savina("ping_pong", "PingPong, per round trip", "us")
ROWS += savina("counting", "Counting, per message", "us")
ROWS += savina("thread_ring", "ThreadRing, per message", "us")
ROWS += savina("big", "Big, per round trip", "us")
ROWS += savina("bounded_buffer", "BoundedBuffer, per item", "us")
ROWS += savina("banking", "Banking, per transfer", "us")
ROWS += savina("nqueens", "NQueens of 12", "ms")
