// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's BoundedBuffer in plain CAF: 40 producers and 40 consumers around an actor that holds at most 50 items.

#include "caf/plain.hpp"
#include "savina/work.hpp"

#include <deque>
#include <vector>

using begin = caf::atom_constant<caf::atom("begin")>;
using go_on = caf::atom_constant<caf::atom("go_on")>;
using put = caf::atom_constant<caf::atom("put")>;
using take = caf::atom_constant<caf::atom("take")>;
using taken = caf::atom_constant<caf::atom("taken")>;
using want = caf::atom_constant<caf::atom("want")>;
using consumed = caf::atom_constant<caf::atom("consumed")>;

constexpr std::size_t producers = 40;
constexpr std::size_t consumers = 40;
constexpr std::size_t capacity = 50;

struct buffer_state {
  std::deque<double> items;
  std::deque<caf::actor> held_back; // not asked for more while the buffer is full
  std::deque<caf::actor> hungry;
  long wants_missing = 0;
  caf::actor watcher;
};

caf::actor pop(std::deque<caf::actor>& from) {
  auto first = std::move(from.front());
  from.pop_front();
  return first;
}

caf::behavior buffer(caf::stateful_actor<buffer_state>* self) {
  return {
      [self](put, const caf::actor& from, double item) {
        auto& state = self->state;
        if (state.hungry.empty())
          state.items.push_back(item);
        else
          self->send(pop(state.hungry), take::value, item);
        if (state.items.size() < capacity)
          self->send(from, go_on::value);
        else
          state.held_back.push_back(from);
      },
      [self](want, const caf::actor& from) {
        auto& state = self->state;
        if (--state.wants_missing == 0)
          self->send(state.watcher, consumed::value);
        if (state.items.empty())
          return state.hungry.push_back(from);
        self->send(from, take::value, state.items.front());
        state.items.pop_front();
        if (!state.held_back.empty())
          self->send(pop(state.held_back), go_on::value);
      },
      [self](consumed, const caf::actor& watcher, long items) {
        self->state.watcher = watcher;
        self->state.wants_missing = items + static_cast<long>(consumers);
      },
  };
}

struct producer_state {
  caf::actor to;
  long left = 0;
  double last = 0;
};

caf::behavior producer(caf::stateful_actor<producer_state>* self) {
  const auto produce = [self] {
    auto& state = self->state;
    if (state.left-- == 0)
      return;
    state.last = work::on(state.last);
    self->send(state.to, put::value, caf::actor{self}, state.last);
  };
  return {
      [=](begin, const caf::actor& to, long items) {
        self->state.to = to;
        self->state.left = items;
        produce();
      },
      [=](go_on) { produce(); },
  };
}

struct consumer_state {
  caf::actor from;
  long taken = 0;
  double last = 0;
};

caf::behavior consumer(caf::stateful_actor<consumer_state>* self) {
  const auto ask = [self] { self->send(self->state.from, want::value, caf::actor{self}); };
  return {
      [=](begin, const caf::actor& from) {
        self->state.from = from;
        ask();
      },
      [=](take, double item) {
        auto& state = self->state;
        ++state.taken;
        state.last = work::on(state.last + item);
        ask();
      },
      [=](taken) { return self->state.taken; },
  };
}

int main(int argc, char** argv) {
  return plain_caf::run(argc, argv, {"savina_bounded_buffer", "us", 10'000},
                        [](auto& system, auto& self, long items) {
                          const auto between = system.spawn(buffer);
                          std::vector<caf::actor> makers;
                          std::vector<caf::actor> takers;
                          for (std::size_t i = 0; i < producers; ++i)
                            makers.push_back(system.spawn(producer));
                          for (std::size_t i = 0; i < consumers; ++i)
                            takers.push_back(system.spawn(consumer));
                          const auto all = items * static_cast<long>(producers);

                          const auto start = bench::clock::now();
                          self->send(between, consumed::value, caf::actor{self}, all);
                          for (const auto& one : takers)
                            self->send(one, begin::value, between);
                          for (const auto& one : makers)
                            self->send(one, begin::value, between, items);
                          self->receive([](consumed) {});
                          const double seconds = bench::seconds_since(start);
                          long sum = 0;
                          for (const auto& one : takers)
                            sum += plain_caf::ask(self, one, taken::value);
                          bench::require(sum == all, "items");
                          return bench::result{seconds / static_cast<double>(all) * 1e6};
                        });
}
