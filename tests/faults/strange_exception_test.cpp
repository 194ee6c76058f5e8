// SPDX-License-Identifier: BSD-3-Clause
// Row 5: exceptions that cannot be rebuilt, throw while they are copied, or say nothing.
#include "support/in_runtime.hpp"
#include "support/repeat.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace test_support;

namespace {

struct not_rebuildable : std::runtime_error {
  not_rebuildable(int a, std::unique_ptr<int>) : std::runtime_error{"number " + std::to_string(a)} {}
};
struct throws_when_copied : std::exception {
  throws_when_copied() = default;
  throws_when_copied(const throws_when_copied&) : std::exception{} { throw std::logic_error{"copied"}; }
  const char* what() const noexcept override { return "cannot be copied"; }
};
struct silent {};
struct no_text : std::exception {
  const char* what() const noexcept override { return nullptr; }
};
struct endless_text : std::exception {
  const char* what() const noexcept override {
    static const std::string text(3 << 20, 'x');
    return text.c_str();
  }
};
struct load_fails {
  int n = 0;
  template <class Archive>
  void save(Archive& a) const {
    a(n);
  }
  template <class Archive>
  void load(Archive&) {
    throw std::logic_error{"cannot be rebuilt"};
  }
};
[[maybe_unused]] const bool known = troupe::register_exception<load_fails>("load_fails");

int throw_strange(int kind) {
  switch (kind) {
    case 0:
      throw not_rebuildable{7, nullptr};
    case 1: {
      std::exception_ptr p = std::make_exception_ptr(1);
      try {
        throw throws_when_copied{};
      } catch (const throws_when_copied&) {
        throw;
      }
    }
    case 2:
      throw silent{};
    case 3:
      throw no_text{};
    case 4:
      throw endless_text{};
    case 5:
      throw load_fails{};
    case 6:
      throw nullptr;
    default:
      return kind;
  }
}

constexpr const char* names[] = {"not_rebuildable", "throws_when_copied", "silent", "no_text",
                                 "endless_text",    "load_fails",         "nullptr"};

} // namespace

TEST_CASE("strange exceptions arrive as task_error with their type's name, and the pool goes on") {
  repeat(10, [](random_source& random) {
    in_pool(30s, [&](troupe::pool& pool) {
      const auto chunk = static_cast<std::size_t>(random_below(random, 10));
      const auto settled = pool.with({.chunk = chunk}).map_settled(throw_strange, {0, 1, 2, 3, 4, 5, 6, 7});
      for (std::size_t i = 0; i < 7; ++i) {
        CHECK(settled[i].error().type_name().find(names[i]) != std::string::npos);
        CHECK_THROWS_AS(settled[i].value(), troupe::task_error);
      }
      CHECK(settled[0].error().what() == "number 7");
      CHECK(settled[7].value() == 7);
      CHECK_THROWS_AS(pool.apply(throw_strange, 2), troupe::task_error);
      CHECK(pool.apply(throw_strange, 8) == 8);
    });
  });
}
