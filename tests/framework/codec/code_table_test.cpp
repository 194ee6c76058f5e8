// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/code_table.hpp>
#include <troupe/exceptions.hpp>

#include <catch2/catch.hpp>

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <thread>
#include <vector>

using troupe::decode_error;
using troupe::usage_error;
using troupe::detail::code_at;
using troupe::detail::code_index;
using troupe::detail::code_index_of;
using troupe::detail::code_table;

namespace {

int one(int x) { return x + 1; }
int two(int x) noexcept { return x + 2; }
void other() {}

const void* address(int (*function)(int)) { return reinterpret_cast<const void*>(function); }

/// Memory as processes share it; a reader that writes to it dies.
class region {
 public:
  explicit region(std::size_t capacity)
      : size_{code_table::region_bytes(capacity)},
        memory_{::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)} {
    REQUIRE(memory_ != MAP_FAILED);
  }
  ~region() { ::munmap(memory_, size_); }
  region(const region&) = delete;
  region& operator=(const region&) = delete;

  void protect() { REQUIRE(::mprotect(memory_, size_, PROT_READ) == 0); }
  std::span<std::byte> bytes() { return {static_cast<std::byte*>(memory_), size_}; }
  std::uint64_t& word(std::size_t i) { return static_cast<std::uint64_t*>(memory_)[i]; }

 private:
  std::size_t size_;
  void* memory_;
};

class current_table_guard {
 public:
  explicit current_table_guard(code_table& table) : before_{&troupe::detail::current_code_table()} {
    troupe::detail::set_current_code_table(&table);
  }
  ~current_table_guard() { troupe::detail::set_current_code_table(before_); }

 private:
  code_table* before_;
};

} // namespace

TEST_CASE("a function is found again by its index") {
  region memory{8};
  code_table table{memory.bytes(), true};
  const auto a = table.intern(address(one));
  const auto b = table.intern(address(two));
  CHECK(a != b);
  CHECK(table.resolve(a) == address(one));
  CHECK(table.resolve(b) == address(two));
  CHECK(table.size() == 2);
}

TEST_CASE("a function is entered once") {
  region memory{8};
  code_table table{memory.bytes(), true};
  CHECK(table.intern(address(one)) == table.intern(address(one)));
  CHECK(table.size() == 1);
}

TEST_CASE("a reader finds what the supervisor entered, and never writes") {
  region memory{8};
  code_table supervisor{memory.bytes(), true};
  const auto index = supervisor.intern(address(one), 5);
  memory.protect();
  code_table reader{memory.bytes(), false};
  CHECK(reader.resolve(index, 5) == address(one));
  CHECK(reader.resolve(index, 5) == address(one));
  CHECK(reader.intern(address(one), 5) == index);
}

TEST_CASE("a reader sees functions entered after it was made") {
  region memory{8};
  code_table supervisor{memory.bytes(), true};
  code_table reader{memory.bytes(), false};
  CHECK_THROWS_AS(reader.intern(address(one)), usage_error);
  const auto index = supervisor.intern(address(one));
  CHECK(reader.resolve(index) == address(one));
  CHECK(reader.intern(address(one)) == index);
}

TEST_CASE("a reader that enters a function is told what to do") {
  region memory{8};
  code_table supervisor{memory.bytes(), true};
  code_table reader{memory.bytes(), false};
  CHECK_THROWS_WITH(reader.intern(address(one)), Catch::Contains("use it once in the main program"));
}

TEST_CASE("an index that was never given is a decode_error") {
  region memory{8};
  code_table table{memory.bytes(), true};
  CHECK_THROWS_AS(table.resolve(0), decode_error);
  table.intern(address(one));
  CHECK_THROWS_AS(table.resolve(1), decode_error);
  CHECK_THROWS_AS(table.resolve(UINT32_MAX), decode_error);
}

TEST_CASE("a function asked for as another type is a decode_error") {
  region memory{8};
  code_table table{memory.bytes(), true};
  const auto as_five = table.intern(address(one), 5);
  const auto as_six = table.intern(address(one), 6);
  CHECK(as_five != as_six);
  CHECK_THROWS_AS(table.resolve(as_five, 6), decode_error);
  CHECK(table.resolve(as_five) == address(one));
}

TEST_CASE("a full table says so and keeps working") {
  region memory{1};
  code_table table{memory.bytes(), true};
  const auto index = table.intern(address(one));
  CHECK_THROWS_AS(table.intern(address(two)), usage_error);
  CHECK(table.intern(address(one)) == index);
}

TEST_CASE("an address that is no code is refused") {
  region memory{8};
  code_table table{memory.bytes(), true};
  const int local = 0;
  CHECK_THROWS_AS(table.intern(&local), usage_error);
  CHECK_THROWS_AS(table.intern(nullptr), usage_error);
  CHECK(table.size() == 0);
}

TEST_CASE("functions of shared libraries can be entered") {
  region memory{8};
  code_table table{memory.bytes(), true};
  const auto* library = reinterpret_cast<const void*>(&::getenv);
  const auto index = table.intern(library);
  CHECK(code_table{memory.bytes(), false}.resolve(index) == library);
}

TEST_CASE("a function of a module that is not loaded is a decode_error") {
  region memory{8};
  code_table supervisor{memory.bytes(), true};
  supervisor.intern(address(one));
  memory.word(2) ^= 1; // the module's hash
  code_table reader{memory.bytes(), false};
  CHECK_THROWS_AS(reader.resolve(0), decode_error);
}

TEST_CASE("a count beyond the region is not believed") {
  region memory{2};
  code_table supervisor{memory.bytes(), true};
  memory.word(1) = UINT64_MAX;
  code_table reader{memory.bytes(), false};
  CHECK(reader.size() == 2);
  CHECK_THROWS_AS(reader.resolve(2), decode_error);
}

TEST_CASE("memory without a table in it is refused") {
  region memory{2};
  CHECK_THROWS_AS((code_table{memory.bytes(), false}), usage_error);
  CHECK_THROWS_AS((code_table{memory.bytes().first(8), true}), usage_error);
}

TEST_CASE("a function's own index follows the current table") {
  const auto in_table_before = code_index<&one>();
  CHECK(code_index<&one>() == in_table_before);
  region memory{8};
  code_table table{memory.bytes(), true};
  {
    const current_table_guard guard{table};
    code_index_of(&other);
    CHECK(code_index<&one>() == 1);
    CHECK(code_index<&one>() == 1);
    CHECK(code_at<int (*)(int)>(1)(4) == 5);
    CHECK_THROWS_AS(code_at<int (*)(int)>(0), decode_error);
  }
  CHECK(code_index<&one>() == in_table_before);
}

TEST_CASE("a function that never throws keeps its own type") {
  const auto index = code_index<&two>();
  CHECK(code_at<int (*)(int) noexcept>(index)(1) == 3);
}

TEST_CASE("threads that enter the same functions agree on their indices") {
  region memory{8};
  code_table table{memory.bytes(), true};
  std::vector<std::vector<std::uint32_t>> seen(4);
  std::vector<std::thread> threads;
  for (auto& mine : seen)
    threads.emplace_back([&table, &mine] {
      for (int i = 0; i < 1000; ++i) {
        mine = {table.intern(address(one)), table.intern(address(two))};
        if (table.resolve(mine[0]) != address(one))
          mine.clear();
      }
    });
  for (auto& thread : threads)
    thread.join();
  for (const auto& mine : seen)
    CHECK(mine == seen.front());
  CHECK(table.size() == 2);
}
