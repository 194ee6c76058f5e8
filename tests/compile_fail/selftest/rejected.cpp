// SPDX-License-Identifier: BSD-3-Clause
static_assert(sizeof(int) == 0, "the remedy is to do something else");
