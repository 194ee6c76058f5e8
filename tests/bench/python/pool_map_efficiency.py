# SPDX-License-Identifier: BSD-3-Clause
"""Pool.map of tasks of 1 ms each on two workers: which part of two workers' time is work.

The task spins in real time, as in the C++ program, which says why, and what the details mean.
"""

import time

from twin import fork, now, require, run

TASK_SECONDS = 1e-3
WORKERS = 2


def spin(task):
    start = now()
    cpu_start = time.thread_time()
    while now() - start < TASK_SECONDS:
        pass
    return task, now() - start, time.thread_time() - cpu_start


def spin_many(tasks):
    for i in range(tasks):
        spin(i)


def efficiency_without_pool(tasks):
    each = tasks // WORKERS
    start = now()
    processes = [fork.Process(target=spin_many, args=(each,)) for _ in range(WORKERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    seconds = now() - start
    require(all(process.exitcode == 0 for process in processes), "processes without a pool")
    return each * TASK_SECONDS / seconds


def measure(tasks):
    with fork.Pool(WORKERS) as pool:
        require(len(pool.map(spin, [1, 2])) == 2, "first map")
        start = now()
        results = pool.map(spin, range(tasks))
        seconds = now() - start
    require([task for task, _, _ in results] == list(range(tasks)), "order of results")
    require(all(took >= TASK_SECONDS for _, took, _ in results), "length of a task")
    cpu_share = sum(cpu for _, _, cpu in results) / sum(took for _, took, _ in results)
    details = {"cpu_share": cpu_share, "without_pool": efficiency_without_pool(tasks)}
    return tasks * TASK_SECONDS / WORKERS / seconds, details


if __name__ == "__main__":
    run("pool_map_efficiency", "of 1", 2_000, measure)
