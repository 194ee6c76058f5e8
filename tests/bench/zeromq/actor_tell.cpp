// SPDX-License-Identifier: BSD-3-Clause
//
// ZeroMQ: messages of 32 bytes to another process, until it has handled the last.

#include "second_process.hpp"
#include "zeromq/socket.hpp"

#include <array>
#include <cstdint>

using cargo = std::array<std::uint64_t, 4>;

void listen(const std::string& cargo_way, const std::string& sum_way, long tells) {
  const zeromq::context context;
  zeromq::socket puller{context, ZMQ_PULL};
  puller.bind(cargo_way);
  zeromq::socket answerer{context, ZMQ_PUSH};
  answerer.connect(sum_way);
  bench::require(puller.receive<cargo>()[0] == 1, "first tell");
  answerer.send(std::uint64_t{0});
  std::uint64_t sum = 0;
  for (long i = 0; i < tells; ++i) {
    const auto c = puller.receive<cargo>();
    sum += c[0] + c[3];
  }
  answerer.send(sum);
  static_cast<void>(puller.receive<cargo>()); // none comes: stays until the sum has been read
}

int main(int argc, char** argv) {
  return bench::report(argc, argv, {"actor_tell", "M/s", 2'000'000}, [](long tells) {
    const auto cargo_way = zeromq::address("cargo", getpid());
    const auto sum_way = zeromq::address("sum", getpid());
    const bench::second_process other{[&] { listen(cargo_way, sum_way, tells); }};
    const zeromq::context context;
    zeromq::socket pusher{context, ZMQ_PUSH};
    pusher.connect(cargo_way);
    zeromq::socket answers{context, ZMQ_PULL};
    answers.bind(sum_way);
    pusher.send(cargo{1, 0, 0, 0});
    bench::require(answers.receive<std::uint64_t>() == 0, "first tell");

    const auto start = bench::clock::now();
    for (long i = 0; i < tells; ++i)
      pusher.send(cargo{static_cast<std::uint64_t>(i), 0, 0, 1});
    const auto n = static_cast<std::uint64_t>(tells);
    bench::require(answers.receive<std::uint64_t>() == n * (n - 1) / 2 + n, "sum");
    return bench::result{static_cast<double>(tells) / bench::seconds_since(start) / 1e6};
  });
}
