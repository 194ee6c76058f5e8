// SPDX-License-Identifier: BSD-3-Clause
// troupe::process, as a user sees it.
#include "support/in_runtime.hpp"
#include "support/strike.hpp"

#include <troupe/actor.hpp>
#include <troupe/process.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include <unistd.h>

using namespace test_support;
using troupe::process;

namespace {

void nothing() {}
void exit_with(int code) { std::exit(code); }
void throw_something() { throw std::runtime_error{"the function failed"}; }
void sleep_for_ever() {
  for (;;)
    ::pause();
}
void stop_itself() { ::raise(SIGSTOP); }

void write_to(const std::string& path, const std::string& text) { std::ofstream{path} << text; }

void start_grandchild(const std::string& path) {
  if (::fork() == 0)
    sleep_for_ever();
  std::ofstream{path} << children_of().at(0) << std::endl;
  sleep_for_ever();
}

class scratch_file {
 public:
  scratch_file() : path_{"/tmp/troupe-process-test-" + std::to_string(::getpid())} {}
  ~scratch_file() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }
  std::string text() const { return text_of(path_); }

 private:
  std::string path_;
};

/// Counts what processes tell it.
class tally : public troupe::actor {
 public:
  void add(int n) { total_ += n; }
  void add_length(const std::string& text) { add(static_cast<int>(text.size())); }
  int total() const { return total_; }

 private:
  int total_ = 0;
};

void tell_ones(troupe::actor_ref<tally> to, int count) {
  for (int i = 0; i < count; ++i)
    to.tell<&tally::add>(1);
}

void tell_text(troupe::actor_ref<tally> to, int size_bytes, int count) {
  for (int i = 0; i < count; ++i)
    to.tell<&tally::add_length>(std::string(static_cast<std::size_t>(size_bytes), 'x'));
}

void tell_ones_and_throw(troupe::actor_ref<tally> to, int count) {
  tell_ones(to, count);
  throw std::runtime_error{"the function failed"};
}

std::optional<int> code_of(process& p) {
  p.start();
  p.join();
  return p.exitcode();
}

} // namespace

TEST_CASE("a process runs its function with the arguments given when it was made") {
  in_runtime(20s, [](troupe::runtime& rt) {
    scratch_file file;
    std::string text = "first";
    process p{rt, write_to, file.path(), text};
    text = "changed since";
    CHECK(code_of(p) == 0);
    CHECK(file.text() == "first");
  });
}

TEST_CASE("what a process told has arrived when it is joined, however it ended") {
  in_runtime(60s, [](troupe::runtime& rt) {
    const auto here = rt.spawn<tally>();
    int told = 0;
    for (const int count : {1, 300, 20'000, 100'000})
      for (const auto& f : {tell_ones, tell_ones_and_throw}) {
        process p{rt, f, here, count};
        CHECK(code_of(p) == (f == tell_ones ? 0 : 1));
        CHECK(here.ask<&tally::total>().get(10s) == (told += count));
      }
  });
}

TEST_CASE("what found no room on its way when the function returned arrives, too") {
  in_runtime(60s, [](troupe::runtime& rt) {
    const auto here = rt.spawn<tally>();
    int told = 0;
    for (int round = 0; round < 4; ++round)
      for (const int size_bytes : {1000, 30'000, 100'000, 1'000'000})
        for (int count = 1; count <= 64; count *= 2) {
          process p{rt, tell_text, here, size_bytes, count};
          CHECK(code_of(p) == 0);
          CHECK(here.ask<&tally::total>().get(10s) == (told += count * size_bytes));
        }
  });
}

TEST_CASE("the exit code is that of the function's end") {
  in_runtime(20s, [](troupe::runtime& rt) {
    process returns{rt, nothing};
    CHECK(code_of(returns) == 0);
    process exits{rt, exit_with, 7};
    CHECK(code_of(exits) == 7);
    process throws{rt, throw_something};
    CHECK(code_of(throws) == 1);
    process is_killed{rt, [] { ::raise(SIGKILL); }};
    CHECK(code_of(is_killed) == -SIGKILL);
  });
}

TEST_CASE("a process has a name, a pid and a descriptor that tells of its end") {
  in_runtime(20s, [](troupe::runtime& rt) {
    process p{rt, {.name = "sleeper"}, sleep_for_ever};
    CHECK(p.name() == "sleeper");
    CHECK_FALSE(p.is_alive());
    CHECK_FALSE(p.exitcode());
    p.start();
    CHECK(p.is_alive());
    CHECK_FALSE(p.exitcode());
    CHECK(eventually(5s, [&] { return process_name(p.pid()) == "sleeper"; }));
    CHECK(p.sentinel() >= 0);
    CHECK_FALSE(p.join(1ms));
    p.terminate();
    p.join();
    CHECK(p.exitcode() == -SIGTERM);
    CHECK_FALSE(p.is_alive());
  });
}

TEST_CASE("kill ends a process and what it has started, whatever they are doing") {
  in_runtime(20s, [](troupe::runtime& rt) {
    scratch_file file;
    process p{rt, start_grandchild, file.path()};
    p.start();
    REQUIRE(eventually(5s, [&] { return file.text().ends_with('\n'); }));
    const pid_t grandchild = std::stoi(file.text());
    p.kill();
    CHECK(p.join(5s));
    CHECK(eventually(10s, [&] { return is_gone(grandchild); }));
  });
}

TEST_CASE("a process that stops answering is found by its heartbeat and killed") {
  in_runtime(20s,
             [](troupe::runtime& rt) {
               process p{rt, stop_itself};
               p.start();
               REQUIRE(p.join(10s));
               CHECK(p.exitcode() == -SIGKILL);
             },
             {.heartbeat = 50ms});
}

TEST_CASE("a process that is stopped before it has shown itself is found as soon as any other") {
  in_runtime(40s,
             [](troupe::runtime& rt) {
               for (int i = 0; i < 5; ++i) {
                 process p{rt, sleep_for_ever};
                 p.start();
                 REQUIRE(stop_whole_process(p.pid()));
                 CHECK(p.join(7s));
               }
             },
             {.heartbeat = 400ms});
}

TEST_CASE("a process with the longest of all heartbeats is left alone") {
  in_runtime(20s,
             [](troupe::runtime& rt) {
               process p{rt, nothing};
               p.start();
               p.join();
               CHECK(p.exitcode() == 0);
               process sleeper{rt, sleep_for_ever};
               sleeper.start();
               CHECK_FALSE(sleeper.join(100ms));
               sleeper.terminate();
               CHECK(sleeper.join(5s));
               CHECK(sleeper.exitcode() == -SIGTERM);
             },
             {.heartbeat = std::chrono::milliseconds::max()});
}

TEST_CASE("a process may be looked at, and killed, while another thread starts it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    for (int i = 0; i < 20; ++i) {
      process p{rt, sleep_for_ever};
      bool was_seen = false;
      std::thread other{[&] {
        was_seen = eventually(10s, [&p] { return p.is_alive(); });
        if (was_seen)
          p.kill();
      }};
      p.start();
      p.join();
      other.join();
      CHECK(was_seen);
      CHECK(p.exitcode() == -SIGKILL);
    }
  });
}

TEST_CASE("calls that make no sense say so") {
  in_runtime(20s, [](troupe::runtime& rt) {
    process p{rt, sleep_for_ever};
    CHECK_THROWS_AS(p.join(), troupe::usage_error);
    CHECK_THROWS_AS(p.kill(), troupe::usage_error);
    CHECK_THROWS_AS(p.pid(), troupe::usage_error);
    p.start();
    CHECK_THROWS_AS(p.start(), troupe::usage_error);
    CHECK_THROWS_AS(p.close(), troupe::usage_error);
    p.kill();
    p.join();
    p.close();
    CHECK_THROWS_AS(p.join(), troupe::usage_error);
  });
}

TEST_CASE("the destructor joins a process and terminates a daemon") {
  in_runtime(20s, [](troupe::runtime& rt) {
    scratch_file file;
    { process{rt, write_to, file.path(), "written"}.start(); }
    CHECK(file.text() == "written");
    pid_t pid = 0;
    {
      process daemon{rt, {.daemon = true}, sleep_for_ever};
      daemon.start();
      pid = daemon.pid();
    }
    CHECK(is_gone(pid));
  });
}

TEST_CASE("a process can be moved while it runs") {
  in_runtime(20s, [](troupe::runtime& rt) {
    process first{rt, exit_with, 3};
    first.start();
    process second{std::move(first)};
    second.join();
    CHECK(second.exitcode() == 3);
    CHECK_THROWS_AS(first.start(), troupe::usage_error); // moved from: says so
  });
}
