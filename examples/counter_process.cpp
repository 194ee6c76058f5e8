// SPDX-License-Identifier: BSD-3-Clause
//
// The same counter in this process and in a worker process of its own, which fails and is killed.
//
// Teaches: where an actor runs is an option of spawn; an exception is an answer; an ask always ends.
// New since hello_actor: own_process, exceptions from handlers, actor_down, when_down.
// Expected output:
//   here 8, there 8: two counters, 2 processes
//   take: std::out_of_range: 10 is more than 8
//   still 8
//   crash: actor_down
//   why: killed by signal 9

#include <troupe/troupe.hpp>

#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>

class counter : public troupe::actor {
 public:
  explicit counter(int start) : n_{start} {}
  void add(int k) { n_ += k; }
  int total() const { return n_; }
  void take(int k) {
    if (k > n_)
      throw std::out_of_range(std::to_string(k) + " is more than " + std::to_string(n_));
    n_ -= k;
  }
  int process() const { return ::getpid(); }
  void crash() { std::raise(SIGKILL); }

 private:
  int n_;
};

using counter_ref = troupe::actor_ref<counter>; // says nothing of where the counter is

int add_three(const counter_ref& to) {
  to.tell<&counter::add>(3);
  return to.ask<&counter::total>().get();
}

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  const counter_ref here = rt.spawn<counter>(5);
  const counter_ref there = rt.spawn<counter>({.place = troupe::own_process}, 5);

  const int first = add_three(here);
  const int second = add_three(there);
  const int processes = 1 + (here.ask<&counter::process>().get() != there.ask<&counter::process>().get());
  std::printf("here %d, there %d: two counters, %d processes\n", first, second, processes);

  std::string refused;
  try {
    there.ask<&counter::take>(10).get();
  } catch (const std::out_of_range& e) { // of its own type, although it was thrown in the other process
    refused = e.what();
  }
  std::printf("take: std::out_of_range: %s\n", refused.c_str());
  const int after_it = there.ask<&counter::total>().get(); // the asker was told, so the actor lives on
  std::printf("still %d\n", after_it);

  auto end = there.when_down();
  bool down = false;
  try {
    there.ask<&counter::crash>().get();
  } catch (const troupe::actor_down&) { // its process is no more, and this one goes on
    down = true;
  }
  const troupe::exit_reason why = end.get();
  const bool killed = why.kind == troupe::exit_kind::process_lost && why.signal == SIGKILL;
  std::printf("crash: %s\n", down ? "actor_down" : "answered?");
  std::printf("why: %s\n", killed ? "killed by signal 9" : to_string(why).c_str());

  const bool right = first == 8 && second == 8 && processes == 2 && after_it == 8;
  return right && refused == "10 is more than 8" && down && killed ? 0 : 1;
}
