// SPDX-License-Identifier: BSD-3-Clause
#include "framework/codec/failures.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <any>
#include <filesystem>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <variant>

using namespace troupe;
using namespace troupe::test_codec;

namespace {

/// Sends an E and checks that it is caught as one, says the same and tells where it comes from.
template <class E>
void check_arrives(const E& original, const std::string& type_name) {
  const auto arrived = sent([&] { throw original; });
  CHECK(arrived.type_name() == type_name);
  CHECK(arrived.what() == original.what());
  try {
    arrived.rethrow();
  } catch (const E& e) {
    CHECK(std::string{e.what()} == original.what());
    const auto cause = remote_cause(e);
    REQUIRE(cause);
    CHECK(cause->type_name == type_name);
    CHECK(cause->text == original.what());
    CHECK(cause->pid == ::getpid());
    CHECK(cause->task_index == some_task);
  }
}

template <class E>
E caught(const failure& why) {
  try {
    why.rethrow();
  } catch (const E& e) {
    return e;
  }
}

} // namespace

TEST_CASE("the standard exceptions with a text arrive as what they are") {
  check_arrives(std::logic_error{"text"}, "std::logic_error");
  check_arrives(std::domain_error{"text"}, "std::domain_error");
  check_arrives(std::invalid_argument{"text"}, "std::invalid_argument");
  check_arrives(std::length_error{"text"}, "std::length_error");
  check_arrives(std::out_of_range{"text"}, "std::out_of_range");
  check_arrives(std::runtime_error{"text"}, "std::runtime_error");
  check_arrives(std::range_error{"text"}, "std::range_error");
  check_arrives(std::overflow_error{"text"}, "std::overflow_error");
  check_arrives(std::underflow_error{"text"}, "std::underflow_error");
}

TEST_CASE("the standard exceptions without a text arrive as what they are") {
  check_arrives(std::exception{}, "std::exception");
  check_arrives(std::bad_alloc{}, "std::bad_alloc");
  check_arrives(std::bad_array_new_length{}, "std::bad_array_new_length");
  check_arrives(std::bad_cast{}, "std::bad_cast");
  check_arrives(std::bad_typeid{}, "std::bad_typeid");
  check_arrives(std::bad_exception{}, "std::bad_exception");
  check_arrives(std::bad_function_call{}, "std::bad_function_call");
  check_arrives(std::bad_optional_access{}, "std::bad_optional_access");
  check_arrives(std::bad_variant_access{}, "std::bad_variant_access");
  check_arrives(std::bad_any_cast{}, "std::bad_any_cast");
  check_arrives(std::bad_weak_ptr{}, "std::bad_weak_ptr");
}

TEST_CASE("error codes arrive with their category") {
  const auto disk_full = std::make_error_code(std::errc::no_space_on_device);
  check_arrives(std::system_error{disk_full, "saving"}, "std::system_error");
  check_arrives(std::system_error{disk_full}, "std::system_error");
  const auto arrived = sent([&] { throw std::system_error{disk_full, "saving"}; });
  CHECK(caught<std::system_error>(arrived).code() == std::errc::no_space_on_device);
  const auto broken = std::make_error_code(std::future_errc::broken_promise);
  const auto promise = sent([&] { throw std::system_error{broken}; });
  CHECK(caught<std::system_error>(promise).code() == broken);
}

TEST_CASE("the library's own errors arrive with their particulars") {
  const auto code = std::make_error_code(std::errc::permission_denied);
  const std::filesystem::filesystem_error no_access{"open", "/a", "/b", code};
  check_arrives(no_access, "std::filesystem::__cxx11::filesystem_error");
  CHECK(caught<std::filesystem::filesystem_error>(sent([&] { throw no_access; })).path2() == "/b");
  const std::future_error no_state{std::future_errc::no_state};
  check_arrives(no_state, "std::future_error");
  CHECK(caught<std::future_error>(sent([&] { throw no_state; })).code() == no_state.code());
  check_arrives(std::regex_error{std::regex_constants::error_brack}, "std::regex_error");
  check_arrives(std::ios_base::failure{"reading"}, "std::ios_base::failure[abi:cxx11]");
}

TEST_CASE("troupe's exceptions arrive as what they are") {
  check_arrives(error{"text"}, "troupe::error");
  check_arrives(usage_error{"text"}, "troupe::usage_error");
  check_arrives(timeout_error{"text"}, "troupe::timeout_error");
  check_arrives(cancelled{"text"}, "troupe::cancelled");
  check_arrives(stopped{"text"}, "troupe::stopped");
  check_arrives(task_timeout{"text"}, "troupe::task_timeout");
  check_arrives(actor_down{"text"}, "troupe::actor_down");
  check_arrives(queue_full{"text"}, "troupe::queue_full");
  check_arrives(queue_empty{"text"}, "troupe::queue_empty");
  check_arrives(queue_closed{"text"}, "troupe::queue_closed");
  check_arrives(connection_closed{"text"}, "troupe::connection_closed");
  check_arrives(broken_barrier{"text"}, "troupe::broken_barrier");
  check_arrives(decode_error{"text"}, "troupe::decode_error");
  check_arrives(authentication_error{"text"}, "troupe::authentication_error");
}

TEST_CASE("worker_lost and spawn_error arrive with all they know") {
  const worker_lost lost{{.pid = 42,
                          .signal = SIGSEGV,
                          .task_index = 3,
                          .attempts = 2,
                          .peak_memory_bytes = 12'900'000,
                          .hung = false,
                          .process_name = "pool-1",
                          .stderr_tail = "assertion failed"}};
  check_arrives(lost, "troupe::worker_lost");
  const auto arrived = caught<worker_lost>(sent([&] { throw lost; }));
  CHECK(arrived.pid() == 42);
  CHECK(arrived.signal_name() == "SIGSEGV");
  CHECK(arrived.task_index() == std::size_t{3});
  CHECK(arrived.attempts() == 2);
  CHECK(arrived.peak_memory_bytes() == 12'900'000);
  CHECK(arrived.stderr_tail() == "assertion failed");
  const spawn_error refused{"fork", EAGAIN};
  check_arrives(refused, "troupe::spawn_error");
  CHECK(caught<spawn_error>(sent([&] { throw refused; })).errno_value() == EAGAIN);
}

TEST_CASE("an exception that crossed several processes tells where it began") {
  detail::set_process_name("inner");
  const auto once = sent([] { throw std::out_of_range{"far"}; }, 3);
  detail::set_process_name("outer");
  const auto twice = sent([&] { once.rethrow(); }, 8);
  detail::set_process_name("");
  const auto cause = remote_cause(caught_exception<std::out_of_range>(twice));
  REQUIRE(cause);
  CHECK(cause->process_name == "inner");
  CHECK(cause->type_name == "std::out_of_range");
  CHECK(cause->task_index == std::size_t{8});
}

TEST_CASE("a task_error that crossed several processes stays one") {
  struct strange {};
  const auto once = sent([] { throw strange{}; });
  const auto twice = sent([&] { once.rethrow(); });
  CHECK_THROWS_AS(twice.rethrow(), task_error);
  CHECK(twice.type_name() == once.type_name());
}

TEST_CASE("an exception outside a batch has no task index, or keeps the one it had") {
  const auto once = sent([] { throw std::runtime_error{"x"}; }, std::nullopt);
  CHECK_FALSE(remote_cause(caught_exception<std::runtime_error>(once))->task_index);
  const auto in_batch = sent([] { throw std::runtime_error{"x"}; }, 4);
  const auto passed_on = sent([&] { in_batch.rethrow(); }, std::nullopt);
  CHECK(remote_cause(caught_exception<std::runtime_error>(passed_on))->task_index == std::size_t{4});
}

TEST_CASE("a failure of this process keeps its exception and has no remote cause") {
  const auto why = failure::of(std::out_of_range{"here"});
  CHECK(why.what() == "here");
  CHECK(why.type_name() == "std::out_of_range");
  CHECK_FALSE(remote_cause(caught_exception<std::out_of_range>(why)));
  const failure copy = why;
  CHECK(copy.exception() == why.exception());
}

TEST_CASE("a process without a name goes by the name of its program") {
  CHECK_FALSE(detail::process_name().empty());
  detail::set_process_name(std::string(200, 'n'));
  CHECK(detail::process_name() == std::string(63, 'n'));
  detail::set_process_name("");
}
