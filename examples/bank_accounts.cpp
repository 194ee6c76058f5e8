// SPDX-License-Identifier: BSD-3-Clause
//
// Bank accounts as actors: thousands of transfers at once, and no money is made or lost.
//
// Teaches: a coroutine over two actors that undoes its first half when the second cannot be done.
// New since ping_pong: exceptions as answers between actors, stop, many asks at once.
// Expected output:
//   overdraw: only 100 there
//   to a closed account: not paid, 100 still there
//   4000 transfers among 10 accounts, one closed meanwhile: 1000 in all, as before

#include <troupe/troupe.hpp>

#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

class account : public troupe::actor {
 public:
  using ref = troupe::actor_ref<account>;

  explicit account(long balance) : balance_{balance} {}

  long balance() const { return balance_; }
  void deposit(long amount) { balance_ += amount; }
  void withdraw(long amount) {
    if (amount > balance_)
      throw std::underflow_error("only " + std::to_string(balance_) + " there");
    balance_ -= amount;
  }
  /// False when there is no such account any more.
  troupe::task<bool> transfer(ref to, long amount) {
    withdraw(amount); // what it throws is the answer of whoever asked; nothing has happened then
    try {
      co_await to.ask<&account::deposit>(amount); // other transfers go on meanwhile
      co_return true;
    } catch (const troupe::actor_down&) {
      deposit(amount); // the money has not arrived: put it back
      co_return false;
    }
  }
  /// Pays all of it out.
  long close() {
    stop(); // after this message
    return std::exchange(balance_, 0);
  }

 private:
  long balance_;
};

bool rules_hold(troupe::runtime& rt) {
  const auto mine = rt.spawn<account>(100);
  const auto closed = rt.spawn<account>(0);
  closed.ask<&account::close>().get();

  std::string refusal;
  try {
    mine.ask<&account::transfer>(closed, 500).get();
  } catch (const std::underflow_error& e) {
    refusal = e.what();
  }
  std::printf("overdraw: %s\n", refusal.c_str());

  const bool paid = mine.ask<&account::transfer>(closed, 60).get();
  const long left = mine.ask<&account::balance>().get();
  std::printf("to a closed account: %s, %ld still there\n", paid ? "paid" : "not paid", left);
  return refusal == "only 100 there" && !paid && left == 100;
}

/// What all accounts have after so many transfers at once, and what was paid out.
long money_after(troupe::runtime& rt, std::size_t count, int transfers) {
  std::vector<account::ref> accounts{rt.spawn<account>({.place = troupe::own_process}, 100)};
  while (accounts.size() < count)
    accounts.push_back(rt.spawn<account>(100));

  std::mt19937 random{1};
  std::vector<troupe::reply<bool>> replies;
  std::vector<troupe::reply<long>> money;
  for (int i = 0; i < transfers; ++i) {
    const auto from = random() % count;
    const auto to = (from + 1 + random() % (count - 1)) % count; // another one
    replies.push_back(accounts[from].ask<&account::transfer>(accounts[to], random() % 50));
    if (i == transfers / 2)
      money.push_back(accounts.back().ask<&account::close>());
  }
  for (auto& reply : replies) {
    try {
      static_cast<void>(reply.get());
    } catch (const std::underflow_error&) { // not enough money
    } catch (const troupe::actor_down&) {   // the account that was to pay is closed
    }
  }
  accounts.pop_back();
  for (const auto& open : accounts)
    money.push_back(open.ask<&account::balance>());
  long sum = 0;
  for (auto& part : money)
    sum += part.get();
  return sum;
}

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  const bool ruled = rules_hold(rt);
  const long sum = money_after(rt, 10, 4000);
  std::printf("4000 transfers among 10 accounts, one closed meanwhile: %ld in all%s\n", sum,
              sum == 1000 ? ", as before" : "");
  return ruled && sum == 1000 ? 0 : 1;
}
