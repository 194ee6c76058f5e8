// SPDX-License-Identifier: BSD-3-Clause
// expect: the callable takes another number of arguments
#include <troupe/callable.hpp>

int add(int a, int b) { return a + b; }

troupe::call_result_t<decltype(add), int> result() { return {}; }
