// SPDX-License-Identifier: BSD-3-Clause
// Mailboxes with a bound, of actors of other processes that are busy.
#include "framework/actor/places.hpp"
#include "support/strike.hpp"

#include <atomic>
#include <csignal>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace test_support;

namespace {

/// Holds an actor of another process in a handler: a pipe with a name, which both open.
class door {
 public:
  door() { REQUIRE(::mkfifo(path_.c_str(), 0600) == 0); }
  ~door() {
    open();
    ::unlink(path_.c_str());
  }
  door(const door&) = delete;
  door& operator=(const door&) = delete;

  const std::string& path() const { return path_; }
  void wait_until_entered() { end_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC); }
  void open() {
    if (end_ >= 0)
      ::close(std::exchange(end_, -1));
  }

 private:
  const std::string path_ = "/tmp/troupe-door-" + std::to_string(::getpid());
  int end_ = -1;
};

class busy_actor final : public troupe::actor {
 public:
  void pass(const std::string& path) {
    const int end = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    char nothing = 0;
    while (::read(end, &nothing, 1) > 0) {
    }
    ::close(end);
  }
  void note() { ++noted_; }
  int noted() const { return noted_; }
  pid_t pid() const { return ::getpid(); }

 private:
  int noted_ = 0;
};

using busy_ref = troupe::actor_ref<busy_actor>;

busy_ref spawn_elsewhere(troupe::runtime& rt, std::size_t capacity) {
  return rt.spawn<busy_actor>({.place = troupe::own_process, .mailbox = {.capacity = capacity}});
}

void hold(const busy_ref& busy, door& d) {
  busy.tell<&busy_actor::pass>(d.path());
  d.wait_until_entered();
}

/// Counts what a teller of another process has been able to send.
class tally final : public troupe::actor {
 public:
  void note() { ++noted_; }
  int noted() const { return noted_; }

 private:
  int noted_ = 0;
};
using tally_ref = troupe::actor_ref<tally>;

class teller final : public troupe::actor {
 public:
  void tell_often(const busy_ref& busy, int times, const tally_ref& told) {
    for (int i = 0; i < times; ++i)
      tell_once(busy, told);
  }
  void tell_by_name(const std::string& name, int times, const tally_ref& told) {
    for (int i = 0; i < times; ++i)
      tell_once(find<busy_actor>(name), told);
  }
  void tell_once(const busy_ref& busy, const tally_ref& told) {
    busy.tell<&busy_actor::note>();
    told.tell<&tally::note>();
  }
};

constexpr int small_capacity = 4;
// A sender elsewhere counts one more, which the actor may be busy with. It is told of a full mailbox before, if another
// thread of that process reads meanwhile.
constexpr int fits = small_capacity + 1;
constexpr int twice = 2 * fits;
using have_told = std::function<void(const troupe::actor_ref<teller>&, const tally_ref&)>;

/// `tell` has a third process send twice as many messages as fit.
void expect_third_process_waits(troupe::runtime& rt, const busy_ref& busy, const have_told& tell) {
  door d;
  hold(busy, d);
  const auto told = rt.spawn<tally>();
  const auto sender = rt.spawn<teller>({.place = troupe::own_process});
  const auto neighbour = rt.spawn<tally>({.place = troupe::beside(sender)});
  tell(sender, told);
  const auto count = [&] { return told.ask<&tally::noted>().get(10s); };
  CHECK(eventually(10s, [&] { return count() >= small_capacity; }));
  for (int turn = 0; turn < twice;
       ++turn) // the sender has turns meanwhile, too, and what it tells comes first
    CHECK(neighbour.ask<&tally::noted>().get(10s) == 0);
  CHECK(count() <= fits);
  d.open();
  CHECK(eventually(10s, [&] { return busy.ask<&busy_actor::noted>().get(10s) == twice; }));
}

/// From several threads at once. `while_they_send` runs meanwhile.
void expect_all_arrive(const busy_ref& busy, int each, const std::function<void()>& while_they_send) {
  constexpr int senders = 4;
  std::vector<std::future<void>> sending;
  for (int s = 0; s < senders; ++s)
    sending.push_back(std::async(std::launch::async, [&busy, each] {
      for (int i = 0; i < each; ++i)
        busy.tell<&busy_actor::note>();
    }));
  while_they_send();
  for (auto& sender : sending)
    CHECK_NOTHROW(sender.get());
  CHECK(busy.ask<&busy_actor::noted>().get(20s) == senders * each);
}

} // namespace

TEST_CASE("no more than fits into its mailbox is sent to a busy actor elsewhere, and all arrives") {
  for (const int capacity : {1, 4, 7, 100})
    in_runtime(20s, [&](troupe::runtime& rt) {
      door d;
      const auto busy = spawn_elsewhere(rt, static_cast<std::size_t>(capacity));
      hold(busy, d);
      std::atomic<int> told{0};
      auto teller = std::async(std::launch::async, [&] {
        for (; told < 3 * capacity; ++told)
          busy.tell<&busy_actor::note>();
      });
      CHECK(eventually(10s, [&] { return told == capacity; }));
      CHECK(teller.wait_for(150ms) == std::future_status::timeout);
      CHECK(told == capacity);
      d.open();
      CHECK_NOTHROW(teller.get());
      CHECK(busy.ask<&busy_actor::noted>().get(10s) == 3 * capacity);
    });
}

TEST_CASE("several threads send to an actor elsewhere with a small mailbox: all arrives") {
  for (const std::size_t capacity : {1, 2, 5, 1000})
    in_runtime(60s,
               [&](troupe::runtime& rt) { expect_all_arrive(spawn_elsewhere(rt, capacity), 1'000, [] {}); });
}

TEST_CASE("whoever waits for room in the mailbox of an actor elsewhere that ends is let go") {
  in_runtime(20s, [](troupe::runtime& rt) {
    door d;
    const auto busy = spawn_elsewhere(rt, 1);
    const auto beside = rt.spawn<busy_actor>({.place = troupe::beside(busy)}); // its process outlives it
    hold(busy, d);
    busy.stop();
    auto teller = std::async(std::launch::async, [&] {
      for (int i = 0; i < 100; ++i)
        busy.tell<&busy_actor::note>();
    });
    CHECK(eventually(10s, [&] { return busy.internals()->full(); }));
    d.open();
    CHECK_NOTHROW(teller.get());
    busy.when_down().get(10s);
    CHECK_NOTHROW(busy.tell<&busy_actor::note>());
    CHECK(beside.ask<&busy_actor::noted>().get(10s) == 0);
  });
}

TEST_CASE("an ask of a full mailbox elsewhere ends at its deadline, and the next does not wait behind it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    door d;
    const auto busy = spawn_elsewhere(rt, 3);
    hold(busy, d);
    for (int i = 0; i < 3; ++i)
      busy.tell<&busy_actor::note>();
    CHECK(busy.internals()->full());
    auto beyond = busy.ask<&busy_actor::noted>();
    CHECK_THROWS_AS(beyond.get(10ms), troupe::timeout_error);
    auto next = busy.ask<&busy_actor::noted>();
    CHECK(next.ready());
    CHECK_THROWS_AS(next.get(), troupe::queue_full);
    d.open();
    CHECK(beyond.get(10s) == 3);
    CHECK(busy.ask<&busy_actor::noted>().get(10s) == 3);
  });
}

TEST_CASE("an ask of a stopped process ends at its deadline, whoever has filled the link to it") {
  in_runtime(25s, // less than one of them would wait for room
             [](troupe::runtime& rt) {
               const auto stopped = rt.spawn<busy_actor>({.place = troupe::own_process});
               const auto pid = stopped.ask<&busy_actor::pid>().get(10s);
               REQUIRE(stop_whole_process(pid));
               const auto fill = [&] {
                 for (;;)
                   stopped.within(0ms).tell<&busy_actor::note>();
               };
               CHECK_THROWS_AS(fill(), troupe::queue_full);
               std::vector<troupe::reply<int>> kept;
               const auto timed_out = [&] {
                 auto& answer = kept.emplace_back(stopped.ask<&busy_actor::noted>());
                 CHECK_THROWS_AS(answer.get(1ms), troupe::timeout_error);
               };
               for (int sender = 0; sender < 300; ++sender) // more than the link has excess for
                 std::thread{timed_out}.join();
               timed_out();
               CHECK_THROWS_AS(stopped.ask<&busy_actor::noted>().get(), troupe::queue_full);
               ::kill(pid, SIGCONT);
               for (auto& answer : kept)
                 CHECK(answer.get(10s) > 0);
               CHECK(stopped.ask<&busy_actor::noted>().get(10s) > 0);
             },
             {.heartbeat = 0ms});
}

TEST_CASE("several threads fill the link to a stopped process: each waits, and all arrives") {
  in_runtime(30s,
             [](troupe::runtime& rt) {
               const auto stopped = rt.spawn<busy_actor>({.place = troupe::own_process});
               const auto pid = stopped.ask<&busy_actor::pid>().get(10s);
               REQUIRE(stop_whole_process(pid));
               constexpr int each = 20'000; // of all threads together more than a link holds
               expect_all_arrive(stopped, each, [&] {
                 CHECK(eventually(10s, [&] { return stopped.internals()->way().congested(); }));
                 ::kill(pid, SIGCONT);
               });
             },
             {.heartbeat = 0ms});
}

TEST_CASE("a third process sends no more than fits to a busy actor that it was told of") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const auto busy = spawn_elsewhere(rt, small_capacity);
    expect_third_process_waits(rt, busy, [&](const auto& sender, const auto& told) {
      sender.template tell<&teller::tell_often>(busy, twice, told);
    });
  });
}

TEST_CASE("a third process sends no more than fits to a busy actor that it is told of with each message") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const auto busy = spawn_elsewhere(rt, small_capacity);
    expect_third_process_waits(rt, busy, [&](const auto& sender, const auto& told) {
      for (int i = 0; i < twice; ++i)
        sender.template tell<&teller::tell_once>(busy, told);
    });
  });
}

TEST_CASE("a third process sends no more than fits to a busy actor that it finds by its name") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const troupe::mailbox_options small{.capacity = small_capacity};
    const auto busy = rt.spawn<busy_actor>({.name = "busy", .place = troupe::own_process, .mailbox = small});
    expect_third_process_waits(rt, busy, [&](const auto& sender, const auto& told) {
      sender.template tell<&teller::tell_by_name>("busy", twice, told);
    });
  });
}

TEST_CASE("a third process sends no more than fits to a busy actor that is supervised") {
  in_runtime(30s, [](troupe::runtime& rt) {
    troupe::supervisor keeper{rt};
    const auto busy = keeper.add<busy_actor>(
        {.id = "busy", .place = troupe::own_process, .mailbox = {.capacity = small_capacity}});
    expect_third_process_waits(rt, busy, [&](const auto& sender, const auto& told) {
      sender.template tell<&teller::tell_often>(busy, twice, told);
    });
  });
}

TEST_CASE("a mailbox without room for a single message is refused, wherever its actor is to be") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const troupe::mailbox_options none{.capacity = 0};
    troupe::supervisor keeper{rt};
    CHECK_THROWS_AS(rt.spawn<tally>({.mailbox = none}), troupe::usage_error);
    CHECK_THROWS_AS(rt.spawn<tally>({.place = troupe::own_process, .mailbox = none}), troupe::usage_error);
    CHECK_THROWS_AS(keeper.add<tally>({.id = "tally", .mailbox = none}), troupe::usage_error);
  });
}
