# SPDX-License-Identifier: BSD-3-Clause
"""What every Python twin shares: the size of the job, and the line of JSON that ends it."""

import json
import multiprocessing
import sys
import time

# The fastest start method that Python has; the rows that start processes are compared with it.
fork = multiprocessing.get_context("fork")


def run(row, unit, size, measure):
    """Prints what measure(size) returns; it has checked every result by then."""
    if len(sys.argv) > 1:
        size = int(sys.argv[1])
    value = measure(size)
    details = {}
    if isinstance(value, tuple):
        value, details = value
    result = {"row": row, "unit": unit, "value": value, "size": size, "checked": True}
    print(json.dumps(result | details))


def require(holds, what):
    """Fast and wrong is not a result. (assert would vanish under -O.)"""
    if not holds:
        raise RuntimeError("wrong result: " + what)


now = time.perf_counter
