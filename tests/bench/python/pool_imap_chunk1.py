# SPDX-License-Identifier: BSD-3-Clause
"""Pool.imap with one item per message, results taken one by one."""

from twin import fork, now, require, run


def square(x):
    return x * x


def measure(items):
    numbers = [i % 1000 for i in range(items)]
    with fork.Pool(2) as pool:
        require(pool.map(square, [1, 2]) == [1, 4], "first map")
        start = now()
        count = 0
        for value in pool.imap(square, numbers, chunksize=1):
            x = count % 1000
            count += 1
            require(value == x * x, "square, in order")
        seconds = now() - start
    require(count == items, "number of results")
    return seconds / items * 1e6


if __name__ == "__main__":
    run("pool_imap_chunk1", "us", 20_000, measure)
