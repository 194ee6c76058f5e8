// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace troupe::detail {

/// Number of a process within a runtime: 0 is the supervisor; children count up, never reused.
using process_id = std::uint32_t;

/// Number of an actor within its process. 0 is the process itself.
using actor_number = std::uint32_t;

/// The bytes of a message from another process. Short ones are held here, longer ones on the heap;
/// large ones stay in the shared memory they came in until this object goes.
class payload {
 public:
  payload() = default;
  /// Copies.
  explicit payload(std::span<const std::byte> bytes);
  /// Borrows: `returned` is stored to `*state` when the payload goes; `keeper` keeps the memory mapped.
  payload(std::span<const std::byte> bytes, std::atomic<std::uint32_t>* state, std::uint32_t returned,
          std::shared_ptr<const void> keeper);
  payload(payload&& other) noexcept { take(other); }
  payload& operator=(payload&& other) noexcept;
  ~payload() { drop(); }

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  static constexpr std::size_t inline_bytes = 64;
  void take(payload& other) noexcept;
  void drop() noexcept;

  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<std::byte[]> heap_;
  std::atomic<std::uint32_t>* state_ = nullptr;
  std::uint32_t returned_ = 0;
  std::shared_ptr<const void> keeper_;
  std::byte here_[inline_bytes];
};

/// A message that stays inside its process: moved, never serialised.
struct local_message {
  virtual ~local_message() = default;
};

/// What an actor receives: a tag that says what it is, and either bytes from another process or an
/// object from this one.
struct envelope {
  std::uint32_t tag = 0;
  process_id from = 0;
  payload body;
  std::unique_ptr<local_message> local;
};

inline payload::payload(std::span<const std::byte> bytes) : size_{bytes.size()} {
  std::byte* to = here_;
  if (size_ > inline_bytes) {
    heap_.reset(new std::byte[size_]); // not value-initialised: every byte is overwritten below
    to = heap_.get();
  }
  if (size_ != 0)
    std::memcpy(to, bytes.data(), size_);
  data_ = to;
}

inline payload::payload(std::span<const std::byte> bytes, std::atomic<std::uint32_t>* state,
                        std::uint32_t returned, std::shared_ptr<const void> keeper)
    : data_{bytes.data()},
      size_{bytes.size()},
      state_{state},
      returned_{returned},
      keeper_{std::move(keeper)} {}

inline payload& payload::operator=(payload&& other) noexcept {
  if (this != &other) {
    drop();
    take(other);
  }
  return *this;
}

inline void payload::take(payload& other) noexcept {
  size_ = other.size_;
  heap_ = std::move(other.heap_);
  state_ = std::exchange(other.state_, nullptr);
  returned_ = other.returned_;
  keeper_ = std::move(other.keeper_);
  data_ = other.data_;
  if (other.data_ == other.here_) {
    std::memcpy(here_, other.here_, size_);
    data_ = here_;
  }
  other.data_ = nullptr;
  other.size_ = 0;
}

inline void payload::drop() noexcept {
  if (state_)
    state_->store(returned_, std::memory_order_release);
  state_ = nullptr;
}

} // namespace troupe::detail
