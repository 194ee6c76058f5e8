// SPDX-License-Identifier: BSD-3-Clause
// Empty: a precompiled header needs a source that it belongs to, and main.cpp goes without.
