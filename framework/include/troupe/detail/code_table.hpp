// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <typeinfo>
#include <unordered_map>
#include <vector>

/// Functions as numbers. An address never crosses a process boundary: what crosses is an index
/// into a table that only the supervisor writes, and each process looks up where the function of
/// that index lies in itself. So bytes from outside can name a function that was offered, of the
/// type it was offered as, and nothing else.

namespace troupe::detail {

/// A table in memory that the processes share: {module, offset, type} of each function.
///
/// One process, the supervisor, constructs it as writable before any other maps the region; the
/// others read it. A module is the program or a shared library, named by a hash of its build id.
///
/// Threads: any, in each process. `resolve` takes no lock once it has seen an index.
/// Limits: 24 bytes of the region for each function, 16 for the head.
class code_table {
 public:
  /// How many bytes a table of `capacity` functions needs.
  static constexpr std::size_t region_bytes(std::size_t capacity) {
    return sizeof(head) + capacity * sizeof(entry);
  }

  /// A table in `region`, which outlives it and is aligned to 8 bytes. Writable: makes an empty
  /// one there. Otherwise: uses what is there, and never writes to the region.
  /// Errors: `usage_error` when the region is too small or holds no table.
  code_table(std::span<std::byte> region, bool writable);
  ~code_table();
  code_table(const code_table&) = delete;
  code_table& operator=(const code_table&) = delete;

  /// The index of the function at `code`, which is added if need be. `type` tells functions of
  /// different types apart; 0 is no type.
  /// Errors: `usage_error` when the table is full, when the address is not code of a loaded
  ///   module, and when the table is not writable and has no such function.
  std::uint32_t intern(const void* code, std::uint64_t type = 0);

  /// The address in this process of the function with that index.
  /// Errors: `decode_error` when there is none, when it was interned as another type (unless
  ///   `type` is 0), or when its module is not loaded in this process.
  const void* resolve(std::uint32_t index, std::uint64_t type = 0) const;

  std::uint32_t size() const;
  std::uint32_t capacity() const { return capacity_; }

 private:
  /// Written before `head::count` counts it, never changed after.
  struct entry {
    std::uint64_t module;
    std::uint64_t offset;
    std::uint64_t type;
  };
  struct head {
    std::uint64_t magic;
    std::uint32_t reserved;
    std::atomic<std::uint32_t> count; // written by the supervisor only; release, acquire
  };
  struct key {
    const void* code;
    std::uint64_t type;
    bool operator==(const key&) const = default;
  };
  struct key_hash {
    std::size_t operator()(const key& k) const {
      return std::hash<const void*>{}(k.code) ^ static_cast<std::size_t>(k.type);
    }
  };

  const void* locate(std::uint32_t index) const;
  void learn_entries();
  std::uint32_t append(const void* code, std::uint64_t type);

  head* head_;
  entry* entries_;
  std::uint32_t capacity_;
  bool writable_;
  // Addresses found so far; null: not looked up yet. Relaxed: the value is all that is passed on.
  std::unique_ptr<std::atomic<const void*>[]> found_;
  std::mutex mutex_;
  std::unordered_map<key, std::uint32_t, key_hash> index_of_; // guarded by mutex_
  std::uint32_t learnt_ = 0;                                  // guarded by mutex_
};

/// The table of this process. Without one, a private table is made: enough for unit tests and for
/// sending to oneself.
code_table& current_code_table();

/// Makes `table` the current one; null goes back to the private table. The old one must outlive
/// all use of it by other threads. Indices of one table mean nothing in another.
void set_current_code_table(code_table* table);

/// Changes whenever `set_current_code_table` is called; never 0.
std::uint32_t code_table_epoch() noexcept;

/// Identifies the type of a function pointer in all processes of one program.
template <class Function>
std::uint64_t code_type() {
  static const std::uint64_t hash = typeid(Function).hash_code() | 1; // 0 means none
  return hash;
}

/// The index of a function that is known only at run time.
template <class Result, class... Args, bool never_throws>
std::uint32_t code_index_of(Result (*function)(Args...) noexcept(never_throws)) {
  return current_code_table().intern(std::bit_cast<const void*>(function), code_type<decltype(function)>());
}

/// The index of one particular function; costs two loads after the first call.
template <auto function>
std::uint32_t code_index() {
  static std::atomic<std::uint64_t> known{0}; // epoch and index in one word
  const std::uint64_t epoch = code_table_epoch();
  const auto seen = known.load(std::memory_order_relaxed);
  if (seen >> 32 == epoch) [[likely]]
    return static_cast<std::uint32_t>(seen);
  const auto index = code_index_of(function);
  known.store(epoch << 32 | index, std::memory_order_relaxed);
  return index;
}

/// The function with an index that came from another process.
/// Errors: `decode_error` when there is none of that type.
template <class Function>
Function code_at(std::uint32_t index) {
  return std::bit_cast<Function>(current_code_table().resolve(index, code_type<Function>()));
}

} // namespace troupe::detail
