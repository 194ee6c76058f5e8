// SPDX-License-Identifier: BSD-3-Clause
//
// Five philosophers in five processes share five forks, which a waiter hands out by promises.
//
// Teaches: a handler that answers later, when what was asked for is there: nobody blocks, nobody polls.
// New since bank_accounts: troupe::promise, co_await after(...), actors given references in their constructors.
// Expected output:
//   5 philosophers ate 20 times each
//   no two neighbours at once

#include <troupe/troupe.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <utility>
#include <vector>

constexpr std::size_t seats = 5;
constexpr int meals = 20;

std::size_t right_of(std::size_t seat) { return (seat + 1) % seats; }
std::size_t left_of(std::size_t seat) { return (seat + seats - 1) % seats; }

/// Fork i lies to the left of seat i.
class waiter : public troupe::actor {
 public:
  /// Answered once both forks are there.
  troupe::promise<void> forks_for(std::size_t seat) {
    troupe::promise<void> forks; // copies of it are the same promise: one is kept, one returned
    hungry_.emplace_back(seat, forks);
    serve();
    return forks;
  }
  void take_back(std::size_t seat) {
    taken_[seat] = taken_[right_of(seat)] = false;
    serve();
  }

 private:
  void serve() { // whoever has waited longest comes first
    std::deque<std::pair<std::size_t, troupe::promise<void>>> still_hungry;
    for (auto& [seat, forks] : hungry_) {
      if (taken_[seat] || taken_[right_of(seat)]) {
        still_hungry.emplace_back(seat, forks);
      } else {
        taken_[seat] = taken_[right_of(seat)] = true;
        forks.set();
      }
    }
    hungry_.swap(still_hungry);
  }

  std::vector<bool> taken_ = std::vector<bool>(seats);
  std::deque<std::pair<std::size_t, troupe::promise<void>>> hungry_;
};

/// Watches the table and knows nothing of forks.
class guest : public troupe::actor {
 public:
  void begins(std::size_t seat) {
    clashes_ += eating_[left_of(seat)] + eating_[right_of(seat)];
    eating_[seat] = 1;
  }
  void ends(std::size_t seat) { eating_[seat] = 0; }
  int clashes() const { return clashes_; }

 private:
  std::vector<int> eating_ = std::vector<int>(seats);
  int clashes_ = 0;
};

class philosopher : public troupe::actor {
 public:
  philosopher(std::size_t seat, troupe::actor_ref<waiter> w, troupe::actor_ref<guest> g)
      : seat_{seat}, waiter_{std::move(w)}, guest_{std::move(g)} {}

  /// Gives how often it has eaten.
  troupe::task<int> dine() {
    using namespace std::chrono_literals;
    int eaten = 0;
    for (; eaten < meals; ++eaten) {
      co_await waiter_.ask<&waiter::forks_for>(seat_);
      guest_.tell<&guest::begins>(seat_);
      co_await after(200us); // eats; the others go on
      guest_.tell<&guest::ends>(seat_);
      waiter_.tell<&waiter::take_back>(seat_);
    }
    co_return eaten;
  }

 private:
  std::size_t seat_;
  troupe::actor_ref<waiter> waiter_;
  troupe::actor_ref<guest> guest_;
};

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  const auto w = rt.spawn<waiter>();
  const auto g = rt.spawn<guest>();
  std::vector<troupe::actor_ref<philosopher>> table;
  for (std::size_t seat = 0; seat < seats; ++seat)
    table.push_back(rt.spawn<philosopher>({.place = troupe::own_process}, seat, w, g));

  std::vector<troupe::reply<int>> dinners;
  for (const auto& p : table)
    dinners.push_back(p.ask<&philosopher::dine>());
  int eaten = 0;
  for (auto& dinner : dinners)
    eaten += dinner.get() == meals;
  const int clashes = g.ask<&guest::clashes>().get();

  std::printf("%d philosophers ate %d times each\n", eaten, meals);
  std::printf("%s two neighbours at once\n", clashes == 0 ? "no" : "there were");
  return eaten == static_cast<int>(seats) && clashes == 0 ? 0 : 1;
}
