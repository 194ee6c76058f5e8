// SPDX-License-Identifier: BSD-3-Clause
// expect: a raw pointer means nothing in another process
#include <troupe/actor.hpp>

void say(const troupe::topic<int*>& room, int* what) { room.publish(what); }
