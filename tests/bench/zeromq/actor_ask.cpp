// SPDX-License-Identifier: BSD-3-Clause
//
// ZeroMQ: one request after the other to another process, over its ipc transport.

#include "second_process.hpp"
#include "zeromq/socket.hpp"

void answer(const std::string& where) {
  const zeromq::context context;
  zeromq::socket replier{context, ZMQ_REP};
  replier.bind(where);
  while (true)
    replier.send(replier.receive<long>());
}

int main(int argc, char** argv) {
  return bench::report(argc, argv, {"actor_ask", "us", 20'000}, [](long asks) {
    const auto where = zeromq::address("ask", getpid());
    const bench::second_process other{[&] { answer(where); }};
    const zeromq::context context;
    zeromq::socket asker{context, ZMQ_REQ};
    asker.connect(where);
    const auto ask = [&](long x) {
      asker.send(x);
      return asker.receive<long>();
    };
    bench::require(ask(1) == 1, "first ask");

    const auto start = bench::clock::now();
    for (long i = 0; i < asks; ++i)
      bench::require(ask(i) == i, "same");
    return bench::result{bench::seconds_since(start) / static_cast<double>(asks) * 1e6};
  });
}
