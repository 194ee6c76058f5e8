# SPDX-License-Identifier: BSD-3-Clause
"""Pool.map of a million small integers, the chunk size left to the pool."""

from twin import fork, now, require, run


def successor(x):
    return x + 1


def measure(items):
    with fork.Pool(2) as pool:
        require(pool.map(successor, [1, 2]) == [2, 3], "first map")
        start = now()
        results = pool.map(successor, range(items))
        seconds = now() - start
    require(results == list(range(1, items + 1)), "successors")
    return seconds / items * 1e6


if __name__ == "__main__":
    run("pool_map_ints", "us", 1_000_000, measure)
