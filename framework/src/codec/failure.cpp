// SPDX-License-Identifier: BSD-3-Clause
#include "troupe/failure.hpp"

#include "codec/current_exception.hpp"
#include "troupe/exceptions.hpp"

#include <errno.h>

#include <algorithm>
#include <array>

namespace troupe {

failure::failure(std::exception_ptr e) {
  try {
    std::rethrow_exception(e);
  } catch (...) {
    const detail::current_exception seen;
    const detail::readable_type_name type{seen.type()};
    auto type_name = seen.carrier() ? seen.carrier()->info().type_name : std::string{type.view()};
    record_ =
        std::make_shared<const record>(record{std::move(e), std::move(type_name), std::string{seen.text()}});
  }
}

failure::failure(std::exception_ptr e, std::string type_name, std::string text)
    : record_{std::make_shared<const record>(record{std::move(e), std::move(type_name), std::move(text)})} {}

void failure::rethrow() const { std::rethrow_exception(record_->exception); }

namespace detail {

namespace {
std::array<char, 64> name_of_process{};
}

void set_process_name(std::string_view name) noexcept {
  name = name.substr(0, name_of_process.size() - 1);
  name_of_process.fill('\0');
  std::ranges::copy(name, name_of_process.begin());
}

std::string_view process_name() noexcept {
  return name_of_process[0] != '\0' ? name_of_process.data() : ::program_invocation_short_name;
}

} // namespace detail

} // namespace troupe
