// SPDX-License-Identifier: BSD-3-Clause
// expect: each subscriber gets a value of its own, so T must be copyable
#include <troupe/actor.hpp>

#include <memory>

void say(const troupe::topic<std::unique_ptr<int>>& room) { room.publish(std::make_unique<int>(1)); }
