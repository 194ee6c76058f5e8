// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/pool.hpp>

#include <vector>

int add(int a, int b);

void run(troupe::pool& pool) { pool.starmap(add, std::vector{1, 2}); }
