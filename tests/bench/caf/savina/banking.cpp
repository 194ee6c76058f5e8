// SPDX-License-Identifier: BSD-3-Clause
//
// Savina's Banking in plain CAF: a teller has money moved between a thousand accounts; one that pays asks the one that
// receives before it tells the teller.

#include "caf/plain.hpp"

#include <random>
#include <vector>

using pay = caf::atom_constant<caf::atom("pay")>;
using receive = caf::atom_constant<caf::atom("receive")>;
using balance = caf::atom_constant<caf::atom("balance")>;
using paid = caf::atom_constant<caf::atom("paid")>;
using transfer = caf::atom_constant<caf::atom("transfer")>;

constexpr std::size_t accounts = 1000;
constexpr long money = 1'000'000; // in each account at first

struct account_state {
  long balance = money;
};

caf::behavior account(caf::stateful_actor<account_state>* self) {
  return {
      [self](pay, const caf::actor& by, const caf::actor& to, long amount) {
        self->state.balance -= amount;
        self->request(to, caf::infinite, receive::value, amount).then([self, by] {
          self->send(by, paid::value);
        });
      },
      [self](receive, long amount) { self->state.balance += amount; },
      [self](balance) { return self->state.balance; },
  };
}

struct teller_state {
  long missing = 0;
  long paid = 0;
  caf::response_promise done;
};

caf::behavior teller(caf::stateful_actor<teller_state>* self) {
  return {
      [self](transfer, const std::vector<caf::actor>& all, long transfers) {
        self->state.missing = transfers;
        std::minstd_rand random;
        for (long i = 0; i < transfers; ++i) {
          const auto from = random() % (all.size() / 10 * 8);
          const auto to = from + 1 + random() % (all.size() - from - 1);
          self->send(all[from], pay::value, caf::actor{self}, all[to], static_cast<long>(random() % 1000));
        }
        return self->state.done = self->make_response_promise();
      },
      [self](paid) {
        auto& state = self->state;
        ++state.paid;
        if (--state.missing == 0)
          state.done.deliver(state.paid);
      },
  };
}

int main(int argc, char** argv) {
  return plain_caf::run(
      argc, argv, {"savina_banking", "us", 50'000}, [](auto& system, auto& self, long transfers) {
        const auto one = system.spawn(teller);
        std::vector<caf::actor> all;
        for (std::size_t i = 0; i < accounts; ++i)
          all.push_back(system.spawn(account));

        const auto start = bench::clock::now();
        bench::require(plain_caf::ask(self, one, transfer::value, all, transfers) == transfers, "transfers");
        const double seconds = bench::seconds_since(start);
        long sum = 0;
        for (const auto& each : all)
          sum += plain_caf::ask(self, each, balance::value);
        bench::require(sum == money * static_cast<long>(accounts), "money");
        return bench::result{seconds / static_cast<double>(transfers) * 1e6};
      });
}
