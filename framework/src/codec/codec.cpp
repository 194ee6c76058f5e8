// SPDX-License-Identifier: BSD-3-Clause
#include "troupe/codec.hpp"

#include "troupe/exceptions.hpp"

#include <exception>
#include <string>
#include <utility>

namespace troupe::detail {

void throw_decode_error(const char* what) { throw decode_error{what}; }

void throw_usage_error(const char* what) { throw usage_error{what}; }

void rethrow_as_decode_error() {
  try {
    throw;
  } catch (const error&) {
    throw;
  } catch (const std::exception& e) {
    throw decode_error{std::string{"a value cannot be loaded: "} + e.what()};
  }
}

std::pair<std::uint32_t, bool> encoder::number_shared(std::shared_ptr<const void> object, const void* type) {
  auto& known = full().shared;
  const auto next = static_cast<std::uint32_t>(known.size());
  const auto [place, is_new] = known.try_emplace({std::move(object), type}, next);
  return {place->second, is_new};
}

std::uint32_t decoder::register_shared(std::shared_ptr<void> object, const void* type) {
  auto& known = full().shared;
  known.emplace_back(std::move(object), type);
  return static_cast<std::uint32_t>(known.size() - 1);
}

void decoder::complete_shared(std::uint32_t number, std::shared_ptr<void> object) {
  full().shared[number].first = std::move(object);
}

const std::shared_ptr<void>& decoder::find_shared(std::uint32_t number, const void* type) {
  const auto& known = full().shared;
  if (number >= known.size() || known[number].second != type || !known[number].first)
    throw_decode_error("a shared pointer refers to nothing that was sent");
  return known[number].first;
}

} // namespace troupe::detail
