// SPDX-License-Identifier: BSD-3-Clause
// What members of actors are called in traces and reports.
#include <troupe/detail/method_name.hpp>

#include <catch2/catch.hpp>

using troupe::detail::method_name;
using troupe::detail::method_name_in;

namespace shop {
struct counter {
  void add(int) {}
  int total() const noexcept { return 0; }
  virtual void close() {}
  virtual ~counter() = default;
};
template <class T>
struct box {
  void put(T) {}
};
namespace {
struct hidden {
  void open() {}
};
} // namespace
} // namespace shop

TEST_CASE("a member function is called as in source") {
  CHECK(method_name<&shop::counter::add> == "shop::counter::add");
  CHECK(method_name<&shop::counter::total> == "shop::counter::total");
  CHECK(method_name<&shop::counter::close> == "shop::counter::close");
  CHECK(method_name<&shop::box<int&>::put> == "shop::box<int&>::put");
}

TEST_CASE("what is in a namespace without a name is called without it") {
  CHECK(method_name<&shop::hidden::open> == "hidden::open");
}

TEST_CASE("the spelling of other compilers is understood") {
  CHECK(method_name_in("auto spelled() [method = &(anonymous namespace)::counter::add]") == "counter::add");
}
