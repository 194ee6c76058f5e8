// SPDX-License-Identifier: BSD-3-Clause
// Recording what actors of all processes handle, into a file that others can read.
#include "framework/actor/places.hpp"
#include "support/strike.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

using namespace test_support;

namespace {

class counter final : public troupe::actor {
 public:
  int add(int x) { return sum_ += x; }
  pid_t pid() const { return ::getpid(); }
  void fail() const { throw std::logic_error("broken"); }
  troupe::task<int> add_both(troupe::actor_ref<counter> other) {
    const int there = co_await other.ask<&counter::add>(1);
    co_return sum_ + there;
  }

 private:
  int sum_ = 0;
};

/// A file that is removed again.
class trace_path {
 public:
  trace_path()
      : path_{(std::filesystem::temp_directory_path() /
               ("troupe-trace-" + std::to_string(::getpid()) + ".json"))} {}
  ~trace_path() { std::filesystem::remove(path_); }
  operator std::string() const { return path_; } // NOLINT: it is one
  std::string text() const { return text_of(path_); }

  /// What Python makes of it: an expression over `events`. Fails when it is no JSON.
  std::string query(const std::string& expression) const {
    const auto command =
        "python3 -c 'import json,sys\nevents=json.load(open(sys.argv[1]))\n"
        "handled=[e for e in events if e[\"ph\"]==\"X\"]\nprint(" +
        expression + ")' " + path_ + " 2>&1";
    auto* out = ::popen(command.c_str(), "r");
    REQUIRE(out);
    char answer[4096] = {};
    const auto n = std::fread(answer, 1, sizeof answer - 1, out);
    ::pclose(out);
    return std::string{answer, n == 0 ? 0 : n - 1};
  }
  bool valid() const { return query("\"valid\"") == "valid"; }

 private:
  std::string path_;
};

std::string times(const std::string& name) {
  return "len([e for e in handled if e[\"name\"]==\"" + name + "\"])";
}

} // namespace

TEST_CASE("what was answered before the trace ended is in the file") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto ref = rt.spawn<counter>({.place = place});
    for (int round = 0; round < 20; ++round) {
      trace_path file;
      rt.start_trace(file);
      ref.ask<&counter::add>(1).get(10s);
      rt.stop_trace();
      CHECK(contains(file.text(), "counter::add"));
    }
  });
}

TEST_CASE("each message is recorded, with its member's name, its actor, process and time") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const trace_path file;
    const auto ref = rt.spawn<counter>({.name = "ann", .place = place});
    const auto pid = ref.ask<&counter::pid>().get(10s);
    rt.start_trace(file);
    for (int i = 0; i < 1000; ++i)
      ref.tell<&counter::add>(i);
    ref.ask<&counter::add>(1).get(10s);
    rt.stop_trace();
    ref.ask<&counter::pid>().get(10s); // not recorded
    // One question to Python, which takes its time to start. The last message may be answered before it is recorded.
    CHECK(file.query("1000 <= " + times("counter::add") + " <= 1001, " + times("counter::pid") +
                     ", {(e[\"pid\"], e[\"args\"][\"actor\"]) for e in handled}, "
                     "all(e[\"ts\"]>0 and e[\"dur\"]>=0 and e[\"tid\"]>0 for e in handled), "
                     "[e[\"name\"] for e in events if e[\"ph\"]==\"M\"]") ==
          "True 0 {(" + std::to_string(pid) + ", 'ann')} True ['process_name', 'thread_name']");
  });
}

TEST_CASE("all processes write into one file, also those that are started meanwhile") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const trace_path file;
    const auto old = rt.spawn<counter>({.place = troupe::own_process});
    const auto here = rt.spawn<counter>();
    rt.start_trace(file);
    const auto young = rt.spawn<counter>({.place = troupe::own_process});
    for (int i = 0; i < 100; ++i)
      for (const auto& ref : {old, here, young})
        ref.ask<&counter::add>(i).get(10s);
    here.ask<&counter::add_both>(old).get(10s);
    here.ask<&counter::pid>().get(10s); // an answer may come before what gave it is recorded
    rt.stop_trace();
    CHECK(file.query("len({e[\"pid\"] for e in handled}), " + times("counter::add") + " >= 298, " +
                     "{e[\"args\"][\"asked by process\"] for e in handled if \"question\" in e[\"args\"]}, " +
                     times("counter::add_both")) == "3 True {0} 1");
  });
}

TEST_CASE("a trace can be switched on and off again, and each has what was handled meanwhile") {
  in_runtime(60s, [](troupe::runtime& rt) {
    const auto ref = rt.spawn<counter>({.place = troupe::own_process});
    for (int i = 1; i <= 3; ++i) {
      const trace_path file;
      rt.start_trace(file);
      CHECK_THROWS_AS(rt.start_trace(file), troupe::usage_error);
      for (int n = 0; n < 10 * i; ++n)
        ref.ask<&counter::add>(n).get(10s);
      ref.ask<&counter::pid>().get(10s); // so that all before are recorded
      rt.stop_trace();
      rt.stop_trace(); // nothing happens
      CHECK(file.query(times("counter::add")) == std::to_string(10 * i));
    }
  });
}

TEST_CASE("a file that cannot be made is said") {
  in_runtime(20s, [](troupe::runtime& rt) {
    CHECK_THROWS_WITH(rt.start_trace("/nowhere/trace.json"),
                      Catch::Contains("/nowhere/trace.json: No such file"));
    CHECK_NOTHROW(rt.stop_trace());
  });
}

TEST_CASE("a worker that is killed takes its last events along, and the file is valid") {
  in_runtime(60s, [](troupe::runtime& rt) {
    for (int i = 0; i < 3; ++i) {
      const trace_path file;
      rt.start_trace(file);
      const auto ref = rt.spawn<counter>({.place = troupe::own_process});
      const auto pid = ref.ask<&counter::pid>().get(10s);
      for (int n = 0; n < 5000; ++n)
        ref.tell<&counter::add>(n);
      ::kill(pid, SIGKILL);
      ref.when_down().get(10s);
      rt.stop_trace();
      CHECK(file.valid());
    }
  });
}

TEST_CASE("a stopped worker does not hold up the end of a trace, and adds nothing when it goes on") {
  in_runtime(30s, [](troupe::runtime& rt) {
    const trace_path file;
    const auto ref = rt.spawn<counter>({.place = troupe::own_process});
    const auto pid = ref.ask<&counter::pid>().get(10s);
    rt.start_trace(file);
    ref.ask<&counter::add>(1).get(10s);
    REQUIRE(stop_whole_process(pid));
    rt.stop_trace();
    const auto text = file.text();
    ::kill(pid, SIGCONT);
    ref.ask<&counter::add>(1).get(10s);
    CHECK(file.valid());
    CHECK(file.text() == text);
  });
}

TEST_CASE("whatever an actor is called, and whatever its handlers throw, the file is valid") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const trace_path file;
    rt.start_trace(file);
    const auto ref = rt.spawn<counter>({.name = "}}, \"\\\n\x01\xff{" + std::string(500, 'x')});
    CHECK_THROWS(ref.ask<&counter::fail>().get(10s));
    ref.ask<&counter::pid>().get(10s);
    rt.stop_trace();
    CHECK(file.query(times("counter::fail")) == "1");
    rt.start_trace(file);
    const auto other = rt.spawn<counter>({.name = "J\xc3\xbcrgen"});
    other.ask<&counter::pid>().get(10s);
    other.ask<&counter::pid>().get(10s); // so that the first is recorded
    rt.stop_trace();
    CHECK(file.query("handled[-1][\"args\"][\"actor\"] == \"J\\u00fcrgen\"") == "True");
  });
}

TEST_CASE("TROUPE_TRACE records the whole life of a runtime") {
  const trace_path file;
  ::setenv("TROUPE_TRACE", std::string{file}.c_str(), 1);
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    rt.spawn<counter>({.place = place}).ask<&counter::add>(1).get(10s);
  });
  ::unsetenv("TROUPE_TRACE");
  CHECK(file.query(times("counter::add")) == "1"); // of the last
}

TEST_CASE("a trace that cannot be written does not keep the program from running") {
  ::setenv("TROUPE_TRACE", "/nowhere/trace.json", 1);
  in_runtime(20s,
             [](troupe::runtime& rt) { CHECK(rt.spawn<counter>().ask<&counter::add>(1).get(10s) == 1); });
  ::unsetenv("TROUPE_TRACE");
}

TEST_CASE("an executed worker records as a forked one does") {
  in_runtime(30s,
             [](troupe::runtime& rt) {
               const trace_path file;
               rt.start_trace(file);
               const auto ref = rt.spawn<counter>({.place = troupe::own_process});
               ref.ask<&counter::add>(1).get(20s);
               ref.ask<&counter::pid>().get(20s);
               rt.stop_trace();
               CHECK(file.query(times("counter::add")) == "1");
             },
             {.start = troupe::start_method::spawn});
}
