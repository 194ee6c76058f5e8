// SPDX-License-Identifier: BSD-3-Clause
#include "troupe/detail/code_table.hpp"

#include "codec/modules.hpp"
#include "troupe/exceptions.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <string>

namespace troupe::detail {

namespace {

constexpr std::uint64_t table_magic = 0x31454c4241545254; // "TRTABLE1"

std::atomic<code_table*> current{nullptr};
std::atomic<std::uint32_t> epoch{1};

struct table_with_region {
  std::vector<std::uint64_t> region;
  code_table table{std::as_writable_bytes(std::span{region}), true};
};

/// Never destroyed: other threads may use it while the program ends.
code_table& private_table() {
  constexpr std::size_t capacity = 4096;
  static auto* const made = new table_with_region{
      .region = std::vector<std::uint64_t>(code_table::region_bytes(capacity) / sizeof(std::uint64_t))};
  return made->table;
}

} // namespace

code_table::code_table(std::span<std::byte> region, bool writable) : writable_{writable} {
  static_assert(sizeof(head) % alignof(entry) == 0 && std::atomic<std::uint32_t>::is_always_lock_free);
  if (region.size() < region_bytes(1))
    throw usage_error{"code table: the region is too small"};
  const auto room = (region.size() - sizeof(head)) / sizeof(entry);
  capacity_ =
      static_cast<std::uint32_t>(std::min<std::size_t>(room, std::numeric_limits<std::uint32_t>::max() - 1));
  entries_ = reinterpret_cast<entry*>(region.data() + sizeof(head));
  if (writable) {
    head_ = new (region.data()) head{table_magic, 0, 0};
  } else {
    head_ = reinterpret_cast<head*>(region.data());
    if (head_->magic != table_magic)
      throw usage_error{"code table: the region holds no table"};
  }
  found_ = std::make_unique<std::atomic<const void*>[]>(capacity_);
}

code_table::~code_table() = default;

std::uint32_t code_table::size() const {
  // Acquire: the entries that are counted can be read.
  return std::min(head_->count.load(std::memory_order_acquire), capacity_);
}

const void* code_table::resolve(std::uint32_t index, std::uint64_t type) const {
  if (index >= size())
    throw decode_error{"no function has the index " + std::to_string(index)};
  if (type != 0 && entries_[index].type != type)
    throw decode_error{"the function with the index " + std::to_string(index) + " is of another type"};
  if (const auto* code = found_[index].load(std::memory_order_relaxed)) [[likely]]
    return code;
  return locate(index);
}

const void* code_table::locate(std::uint32_t index) const {
  const auto* code = address_of({entries_[index].module, entries_[index].offset});
  if (!code)
    throw decode_error{"a function lies in a library that is not loaded in this process"};
  found_[index].store(code, std::memory_order_relaxed);
  return code;
}

std::uint32_t code_table::intern(const void* code, std::uint64_t type) {
  const std::lock_guard guard{mutex_};
  if (const auto place = index_of_.find({code, type}); place != index_of_.end())
    return place->second;
  if (writable_)
    return append(code, type);
  learn_entries();
  if (const auto place = index_of_.find({code, type}); place != index_of_.end())
    return place->second;
  throw usage_error{
      "this function is not known to the other processes: use it once in the main program, where "
      "the runtime was made, before a worker sends it"};
}

std::uint32_t code_table::append(const void* code, std::uint64_t type) {
  const auto place = location_of(code);
  if (!place)
    throw usage_error{"a function to be sent lies in no loaded program or library"};
  const auto index = head_->count.load(std::memory_order_relaxed); // only this process writes it
  if (index == capacity_)
    throw usage_error{"too many different functions are sent to other processes: at most " +
                      std::to_string(capacity_)};
  entries_[index] = {place->module, place->offset, type};
  index_of_.emplace(key{code, type}, index);
  found_[index].store(code, std::memory_order_relaxed);
  head_->count.store(index + 1, std::memory_order_release);
  return index;
}

/// Takes up what the supervisor has added since the last time.
void code_table::learn_entries() {
  for (const auto count = size(); learnt_ < count; ++learnt_) {
    const auto& e = entries_[learnt_];
    if (const auto* code = address_of({e.module, e.offset}))
      index_of_.emplace(key{code, e.type}, learnt_);
  }
}

code_table& current_code_table() {
  auto* table = current.load(std::memory_order_acquire);
  return table ? *table : private_table();
}

void set_current_code_table(code_table* table) {
  current.store(table, std::memory_order_release);
  // After the table: who sees the new epoch finds the new table, or a newer one.
  if (epoch.fetch_add(1, std::memory_order_acq_rel) == std::numeric_limits<std::uint32_t>::max())
    epoch.store(1, std::memory_order_release);
}

std::uint32_t code_table_epoch() noexcept { return epoch.load(std::memory_order_acquire); }

} // namespace troupe::detail
