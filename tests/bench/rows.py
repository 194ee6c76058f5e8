# SPDX-License-Identifier: BSD-3-Clause
"""The table of benchmarks: what each row measures, and what it is to reach.

A row NAME is NAME.cpp here, the program bench_NAME, and its peer does the same: python/NAME.py, or caf/NAME.cpp, the
program bench_NAME_caf.
"""

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Row:
    name: str
    measures: str
    unit: str
    at_least_ratio: Optional[float] = None  # times better than the peer; None: no such promise
    limit: Optional[float] = None  # of the value itself; None: no such promise
    higher_is_better: bool = False
    peer: Optional[str] = "python"  # or "caf"; None: nobody else does this
    # How much each side does, so that a run takes about a second; None: as the program says.
    size: Optional[int] = None
    peer_size: Optional[int] = None
    # A slow row is not repeated more often than this.
    most_rounds: Optional[int] = None
    # Keep these of a program's details beside its value.
    details: tuple = ()

    def ratio(self, value, peer):
        """How many times better than the peer."""
        if value == 0 or peer == 0:
            return None
        return value / peer if self.higher_is_better else peer / value

    def within_limit(self, value):
        return value >= self.limit if self.higher_is_better else value <= self.limit

    def met(self, value, ratio):
        """True or False; None when there is nothing to reach or nothing to compare with."""
        promises = []
        if self.limit is not None:
            promises.append(self.within_limit(value))
        if self.at_least_ratio is not None:
            promises.append(None if ratio is None else ratio >= self.at_least_ratio)
        if False in promises:
            return False
        return None if None in promises or not promises else True

    def target(self):
        parts = []
        if self.at_least_ratio is not None:
            parts.append(f"{self.at_least_ratio:g}x")
        if self.limit is not None:
            parts.append(f"{'>=' if self.higher_is_better else '<='} {self.limit:g} {self.unit}")
        return ", ".join(parts) or "-"


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
        peer=None, most_rounds=3),
    Row("worker_replacement", "death of a worker to its replacement ready", "ms", limit=20,
        peer=None),
    Row("actor_ask", "actor ask, two processes, round trip", "us", limit=3, peer=None),
    Row("actor_ask_flight", "actor asks, two processes, 1,000 in flight", "M/s", limit=2,
        higher_is_better=True, peer=None),
    Row("actor_tell", "actor tells of 32 bytes, two processes, one way", "M/s", limit=5,
        higher_is_better=True, peer=None),
    Row("actor_ask_workers", "actor ask, two worker processes, round trip", "us", limit=3, peer=None),
    Row("actor_local", "actor round trip inside one process (peer: plain CAF)", "us",
        at_least_ratio=1, peer="caf"),
]
