// SPDX-License-Identifier: BSD-3-Clause
#include "troupe/codec.hpp"

#include "troupe/exceptions.hpp"

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

// Here rather than in the header: with them come all the tables of Cereal.

output_archive::output_archive(detail::encoder& to) : OutputArchive{this}, to_{to} {}
output_archive::~output_archive() noexcept = default;
input_archive::input_archive(detail::decoder& from) : InputArchive{this}, from_{from} {}
input_archive::~input_archive() noexcept = default;

} // namespace troupe

namespace troupe::detail {

struct encoder::tables {
  explicit tables(encoder& self) : archive{self} {}
  output_archive archive;
  std::map<std::pair<std::shared_ptr<const void>, const void*>, std::uint32_t> shared;
};

struct decoder::tables {
  explicit tables(decoder& self) : archive{self} {}
  input_archive archive;
  std::vector<std::pair<std::shared_ptr<void>, const void*>> shared;
};

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

void encoder::delete_tables::operator()(tables* t) const noexcept { delete t; }

encoder::tables& encoder::full() {
  if (!tables_)
    tables_.reset(new tables{*this});
  return *tables_;
}

output_archive& encoder::archive() { return full().archive; }

void encoder::finish_tables() { tables_->archive.serializeDeferments(); }

std::pair<std::uint32_t, bool> encoder::number_shared(std::shared_ptr<const void> object, const void* type) {
  auto& known = full().shared;
  const auto next = static_cast<std::uint32_t>(known.size());
  const auto [place, is_new] = known.try_emplace({std::move(object), type}, next);
  return {place->second, is_new};
}

void decoder::delete_tables::operator()(tables* t) const noexcept { delete t; }

decoder::tables& decoder::full() {
  if (!tables_)
    tables_.reset(new tables{*this});
  return *tables_;
}

input_archive& decoder::archive() { return full().archive; }

void decoder::finish_tables() { tables_->archive.serializeDeferments(); }

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
