# SPDX-License-Identifier: BSD-3-Clause
"""Pool.apply with an argument of 1 MiB and a result of 1 MiB."""

from twin import fork, now, require, run

PAYLOAD_BYTES = 1024 * 1024


def echo(data):
    return data


def measure(calls):
    payloads = [bytes([kind]) * (PAYLOAD_BYTES - 1) + b"." for kind in b"abcdefgh"]
    with fork.Pool(2) as pool:
        for payload in payloads:
            require(pool.apply(echo, (payload,)) == payload, "echo before the start")
        seconds = 0.0
        for i in range(calls):
            payload = payloads[i % len(payloads)]
            start = now()
            back = pool.apply(echo, (payload,))
            seconds += now() - start
            require(back == payload, "echo")
    return seconds / calls * 1e6


if __name__ == "__main__":
    run("pool_large_payload", "us", 150, measure)
