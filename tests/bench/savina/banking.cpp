// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's Banking: a teller has money moved between a thousand accounts; one that pays asks the one that receives
// before it tells the teller.

#include "savina/places.hpp"

#include <random>

constexpr std::size_t accounts = 1000;
constexpr long money = 1'000'000; // in each account at first

class teller;

class account : public troupe::actor {
 public:
  troupe::task<void> pay(troupe::actor_ref<teller> by, troupe::actor_ref<account> to, long amount);
  void receive(long amount) { balance_ += amount; }
  long balance() const { return balance_; }

 private:
  long balance_ = money;
};

class teller : public troupe::actor {
 public:
  /// Answered when all is paid.
  troupe::promise<long> transfer(std::vector<troupe::actor_ref<account>> all, long transfers) {
    missing_ = transfers;
    std::minstd_rand random;
    for (long i = 0; i < transfers; ++i) {
      const auto from = random() % (all.size() / 10 * 8);
      const auto to = from + 1 + random() % (all.size() - from - 1);
      all[from].tell<&account::pay>(self(), all[to], static_cast<long>(random() % 1000));
    }
    return done_;
  }
  void paid() {
    ++paid_;
    if (--missing_ == 0)
      done_.set(paid_);
  }

 private:
  long missing_ = 0;
  long paid_ = 0;
  troupe::promise<long> done_;
};

troupe::task<void> account::pay(troupe::actor_ref<teller> by, troupe::actor_ref<account> to, long amount) {
  balance_ -= amount;
  co_await to.ask<&account::receive>(amount);
  by.tell<&teller::paid>();
}

int main(int argc, char** argv) {
  return bench::run(argc, argv, {"savina_banking", "us", 50'000}, [&](troupe::runtime& rt, long transfers) {
    bench::places places{rt, argc, argv};
    const auto news = static_cast<std::size_t>(transfers); // may wait for the teller all at once
    const auto one = rt.spawn<teller>({.place = places.next(), .mailbox = {.capacity = news}});
    std::vector<troupe::actor_ref<account>> all;
    for (std::size_t i = 0; i < accounts; ++i)
      all.push_back(rt.spawn<account>({.place = places.next()}));

    const auto start = bench::clock::now();
    bench::require(one.ask<&teller::transfer>(all, transfers).get() == transfers, "transfers");
    const double seconds = bench::seconds_since(start);
    long sum = 0;
    for (const auto& each : all)
      sum += each.ask<&account::balance>().get();
    bench::require(sum == money * static_cast<long>(accounts), "money");
    return bench::result{seconds / static_cast<double>(transfers) * 1e6};
  });
}
