# SPDX-License-Identifier: BSD-3-Clause
"""A pool of two from start to end: create it, map two items, close it, join it."""

from twin import fork, now, require, run


def square(x):
    return x * x


def measure(pools):
    start = now()
    for _ in range(pools):
        pool = fork.Pool(2)
        require(pool.map(square, [3, 4]) == [9, 16], "squares")
        pool.close()
        pool.join()
    return (now() - start) / pools * 1e6


if __name__ == "__main__":
    run("pool_lifetime", "us", 30, measure)
