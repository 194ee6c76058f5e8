# SPDX-License-Identifier: BSD-3-Clause
"""Pool.apply: the round trip of one small call."""

from twin import fork, now, require, run


def square(x):
    return x * x


def measure(calls):
    with fork.Pool(2) as pool:
        require(pool.map(square, [1, 2]) == [1, 4], "first map")
        start = now()
        for i in range(calls):
            x = i % 1000
            require(pool.apply(square, (x,)) == x * x, "square")
        return (now() - start) / calls * 1e6


if __name__ == "__main__":
    run("pool_apply", "us", 3_000, measure)
