// SPDX-License-Identifier: BSD-3-Clause
#include "troupe/detail/exception_registry.hpp"

#include <algorithm>
#include <utility>

namespace troupe::detail {

exception_registry& exception_registry::instance() {
  // Never destroyed: used from initialisers of any file, and by threads while the program ends.
  static auto* const registry = new exception_registry;
  return *registry;
}

void exception_registry::add(exception_entry entry) {
  const std::lock_guard guard{mutex_};
  for (const auto& known : entries_) {
    if (*known.type == *entry.type && known.name == entry.name)
      return;
    if (*known.type == *entry.type || known.name == entry.name)
      throw usage_error{"register_exception: '" + entry.name + "' and '" + known.name +
                        "' claim the same name or the same type"};
  }
  entries_.push_back(std::move(entry));
}

const exception_entry* exception_registry::find(const std::type_info& type) const {
  const std::lock_guard guard{mutex_};
  const auto place = std::ranges::find_if(entries_, [&](const auto& known) { return *known.type == type; });
  return place == entries_.end() ? nullptr : &*place;
}

const exception_entry* exception_registry::find(std::string_view name) const {
  const std::lock_guard guard{mutex_};
  const auto place = std::ranges::find(entries_, name, &exception_entry::name);
  return place == entries_.end() ? nullptr : &*place;
}

} // namespace troupe::detail
