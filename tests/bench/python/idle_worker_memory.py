# SPDX-License-Identifier: BSD-3-Clause
"""The memory that a worker (fork) has for itself once it has done some work and waits for more."""

import multiprocessing

from twin import fork, require, run


def square(x):
    return x * x


def private_megabytes(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        kibibytes = sum(int(line.split()[1]) for line in rollup if line.startswith("Private_"))
    require(kibibytes > 0, "smaps_rollup of a worker")
    return kibibytes * 1024 / 1e6


def measure(items):
    with fork.Pool(2) as pool:
        require(pool.map(square, range(items)) == [x * x for x in range(items)], "squares")
        workers = multiprocessing.active_children()
        require(len(workers) == 2, "number of workers")
        return max(private_megabytes(worker.pid) for worker in workers)


if __name__ == "__main__":
    run("idle_worker_memory", "MB", 100, measure)
