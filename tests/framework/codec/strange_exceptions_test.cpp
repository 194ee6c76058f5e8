// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/failures.hpp"

#include <array>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

using namespace troupe;
using namespace troupe::test_codec;

namespace {

struct throwing_copy {
  throwing_copy() = default;
  throwing_copy(const throwing_copy&) { throw 1; }
};
struct null_what : std::exception {
  const char* what() const noexcept override { return nullptr; }
};
struct derived_range : std::out_of_range {
  using std::out_of_range::out_of_range;
};
struct two_exceptions : std::runtime_error, std::bad_alloc {
  two_exceptions() : std::runtime_error{"which one?"} {}
  const char* what() const noexcept override { return "both"; }
};

/// Registered, from its text.
struct parse_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Registered, from its saved form.
class limit_error : public std::runtime_error {
 public:
  limit_error() : std::runtime_error{"limit"} {}
  explicit limit_error(int limit) : std::runtime_error{"limit " + std::to_string(limit)}, limit_{limit} {}
  int limit() const { return limit_; }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(limit_);
  }

 private:
  int limit_ = 0;
};
/// Registered, and no std::exception.
struct status {
  int code = 0;
  std::string detail{};
};
struct unsaveable : std::runtime_error {
  unsaveable() : std::runtime_error{"cannot be saved"} {}
  template <class Archive>
  void save(Archive&) const {
    throw std::logic_error{"no"};
  }
  template <class Archive>
  void load(Archive&) {}
};
struct refusing : std::runtime_error {
  explicit refusing(const std::string& text) : std::runtime_error{text} {
    if (text == "again")
      throw std::logic_error{"not twice"};
  }
  refusing(const char* first, int) : std::runtime_error{first} {}
};
class final_error final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

const bool registered =
    register_exception<parse_error>("parse_error") && register_exception<limit_error>("limit_error") &&
    register_exception<status>("status") && register_exception<unsaveable>("unsaveable") &&
    register_exception<refusing>("refusing") && register_exception<final_error>("final_error");

std::string type_of_task_error(const failure& why) {
  return caught_exception<task_error>(why).info().type_name;
}

} // namespace

TEST_CASE("an unknown exception arrives as task_error with its type and text") {
  const auto why = sent([] { throw derived_range{"far"}; });
  CHECK(why.what() == "far");
  CHECK_THAT(type_of_task_error(why), Catch::EndsWith("derived_range"));
  CHECK_THAT(caught_exception<task_error>(why).what(), Catch::EndsWith("derived_range: far"));
}

TEST_CASE("things that are no exceptions arrive as task_error") {
  CHECK(sent([] { throw 42; }).type_name() == "int");
  CHECK(sent([] { throw 42; }).what() == "42");
  CHECK(sent([] { throw "text"; }).what() == "text");
  CHECK(sent([] { throw static_cast<const char*>(nullptr); }).what().empty());
  CHECK(sent([] { throw std::string{"text"}; }).what() == "text");
  CHECK(sent([] { throw 2.5; }).type_name() == "double");
}

TEST_CASE("an exception that cannot be copied, or says nothing, does no harm") {
  CHECK_THAT(sent([] { throw throwing_copy{}; }).type_name(), Catch::EndsWith("throwing_copy"));
  CHECK(sent([] { throw null_what{}; }).what().empty());
  CHECK_THAT(type_of_task_error(sent([] { throw two_exceptions{}; })), Catch::EndsWith("two_exceptions"));
}

TEST_CASE("a text is cut at 64 KiB") {
  const auto why = sent([] { throw std::runtime_error{std::string(1'000'000, 'x')}; });
  CHECK(why.what() == std::string(64 * 1024, 'x'));
}

TEST_CASE("a failure makes do with less room") {
  std::array<std::byte, 2000> memory;
  for (const std::size_t room : {2000u, 100u, 40u, 10u}) {
    detail::fixed_writer out{std::span{memory}.first(room)};
    bool written = false;
    try {
      throw std::runtime_error{std::string(100'000, 'x')};
    } catch (...) {
      written = detail::encode_current_exception(out);
    }
    CHECK(written == (room > 40));
    CHECK((out.size() != 0) == written);
    if (written) {
      detail::byte_reader in{out.view()};
      CHECK(detail::decode_failure(in, 1).type_name() == "std::runtime_error");
    }
  }
}

TEST_CASE("registered exceptions arrive as what they are") {
  REQUIRE(registered);
  const auto parse = sent([] { throw parse_error{"line 3"}; });
  CHECK(caught_exception<parse_error>(parse).what() == std::string{"line 3"});
  CHECK_THAT(remote_cause(caught_exception<parse_error>(parse))->type_name, Catch::EndsWith("parse_error"));
  const auto limit = sent([] { throw limit_error{12}; });
  CHECK(caught_exception<limit_error>(limit).limit() == 12);
  CHECK(caught_exception<limit_error>(limit).what() == std::string{"limit 12"});
  const auto state = sent([] { throw status{5, "five"}; });
  CHECK(caught_exception<status>(state).detail == "five");
}

TEST_CASE("a registered exception can cross several processes") {
  const auto once = sent([] { throw limit_error{12}; });
  const auto twice = sent([&] { once.rethrow(); });
  CHECK(caught_exception<limit_error>(twice).limit() == 12);
}

TEST_CASE("a final class arrives as itself, without its origin") {
  const auto why = sent([] { throw final_error{"x"}; });
  CHECK(caught_exception<final_error>(why).what() == std::string{"x"});
  CHECK_FALSE(remote_cause(caught_exception<final_error>(why)));
}

TEST_CASE("a registered exception whose own functions throw arrives as task_error") {
  CHECK_THAT(type_of_task_error(sent([] { throw unsaveable{}; })), Catch::EndsWith("unsaveable"));
  CHECK(sent([] { throw unsaveable{}; }).what() == "cannot be saved");
  CHECK_THAT(type_of_task_error(sent([] { throw refusing("again", 1); })), Catch::EndsWith("refusing"));
}

TEST_CASE("one name cannot be registered for two types, nor one type under two names") {
  struct another : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  CHECK(register_exception<parse_error>("parse_error"));
  CHECK_THROWS_AS(register_exception<another>("parse_error"), usage_error);
  CHECK_THROWS_AS(register_exception<parse_error>("another name"), usage_error);
}

TEST_CASE("worker_lost says what happened in one line") {
  const auto text = [](worker_lost_info info) { return std::string{worker_lost{std::move(info)}.what()}; };
  CHECK(text({}) == "worker was lost");
  CHECK(text({.pid = 42, .signal = SIGKILL, .process_name = "pool-1"}) ==
        "worker 'pool-1' (pid 42) was killed by SIGKILL");
  CHECK(text({.pid = 42, .exit_code = 5, .task_index = 3, .attempts = 2}) ==
        "worker (pid 42) exited with code 5 while running task 3 (attempt 2)");
  CHECK(text({.pid = 42, .exit_code = 5, .attempts = 0}) ==
        "worker (pid 42) exited with code 5 before it was ready");
  CHECK(text({.signal = SIGKILL, .peak_memory_bytes = 3 << 20, .out_of_memory = true}) ==
        "worker was killed by SIGKILL (out of memory); peak memory 3.0 MiB");
  CHECK(text({.signal = SIGKILL, .hung = true, .stderr_tail = "last words"}) ==
        "worker stopped answering and was killed; last stderr: last words");
}
