# SPDX-License-Identifier: BSD-3-Clause
"""Process (fork): start one that does nothing, and join it."""

import sys

from twin import fork, now, require, run


def nothing():
    pass


def leave(code):
    sys.exit(code)


def measure(processes):
    witness = fork.Process(target=leave, args=(7,))
    witness.start()
    witness.join()
    require(witness.exitcode == 7, "exit code 7")
    start = now()
    for _ in range(processes):
        process = fork.Process(target=nothing)
        process.start()
        process.join()
        require(process.exitcode == 0, "exit code 0")
    return (now() - start) / processes * 1e6


if __name__ == "__main__":
    run("process_start_join", "us", 200, measure)
