// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's NQueens: a master hands boards to 20 workers in turn, which return them with one queen more, and count
// themselves what begins with four.

#include "savina/places.hpp"
#include "savina/queens.hpp"

constexpr std::size_t workers = 20;
constexpr std::size_t threshold = 4; // queens

class worker;

class master : public troupe::actor {
 public:
  /// Answered with the number of solutions.
  troupe::promise<long> solve(std::vector<troupe::actor_ref<worker>> all, long size) {
    workers_ = std::move(all);
    size_ = size;
    work({});
    return solved_;
  }
  void work(queens::board b);
  /// A worker has done with a board.
  void done(long solutions) {
    found_ += solutions;
    if (--open_ == 0)
      solved_.set(found_);
  }

 private:
  std::vector<troupe::actor_ref<worker>> workers_;
  long size_ = 0;
  std::size_t given_ = 0;
  long open_ = 0;
  long found_ = 0;
  troupe::promise<long> solved_;
};

class worker : public troupe::actor {
 public:
  void take(troupe::actor_ref<master> from, const queens::board& b, long size) {
    long found = 0;
    if (b.size() >= threshold)
      found = queens::count(b, size);
    else
      queens::each_next(b, size, [&](const queens::board& next) { from.tell<&master::work>(next); });
    from.tell<&master::done>(found);
  }
};

void master::work(queens::board b) {
  ++open_;
  workers_[given_++ % workers_.size()].tell<&worker::take>(self(), std::move(b), size_);
}

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"savina_nqueens", "ms", 12}, [&](troupe::runtime& rt, long size) {
    bench::places places{rt, argc, argv};
    const auto one = rt.spawn<master>();
    std::vector<troupe::actor_ref<worker>> all;
    for (std::size_t i = 0; i < workers; ++i)
      all.push_back(rt.spawn<worker>({.place = places.next()}));

    const auto start = bench::clock::now();
    bench::require(one.ask<&master::solve>(all, size).get() == queens::solutions(size), "solutions");
    return bench::result{bench::seconds_since(start) * 1e3};
  });
}
