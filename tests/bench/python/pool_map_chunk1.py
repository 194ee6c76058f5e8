# SPDX-License-Identifier: BSD-3-Clause
"""Pool.map with one item per message: what a task costs."""

from twin import fork, now, require, run


def square(x):
    return x * x


def measure(items):
    numbers = [i % 1000 for i in range(items)]
    with fork.Pool(2) as pool:
        require(pool.map(square, [1, 2]) == [1, 4], "first map")
        start = now()
        squares = pool.map(square, numbers, chunksize=1)
        seconds = now() - start
    require(squares == [x * x for x in numbers], "squares")
    return seconds / items * 1e6


if __name__ == "__main__":
    run("pool_map_chunk1", "us", 20_000, measure)
