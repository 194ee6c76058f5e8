// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <type_traits>

/// Byte sequences as the codec sees them: something to append to, something to take from.
///
/// A writer is a window of memory with a cursor; where the memory comes from (a ring shared with
/// another process, a heap block, a stack array) is the business of the class derived from it.
/// Numbers travel in the machine's own representation: both ends run on one machine, most often
/// from one binary.

namespace troupe::detail {

/// A `byte_writer` over memory of fixed size was asked for more than it has. Never leaves the
/// framework: whoever made the writer knows what to do instead.
class no_room : public std::length_error {
 public:
  no_room() : std::length_error{"no room left in a fixed buffer"} {}
};

/// Ends a read that asked for more bytes than there are: throws `decode_error`.
[[noreturn]] void throw_short_read(std::size_t wanted, std::size_t remaining);

/// Appends bytes. The common case is a compare, a copy and an add, without a virtual call.
///
/// Errors: whatever `grow` throws; then nothing of that `put` was written, and what was written
///   before is still there.
/// Threads: one at a time.
class byte_writer {
 public:
  byte_writer(const byte_writer&) = delete;
  byte_writer& operator=(const byte_writer&) = delete;

  /// Appends the `size_bytes` bytes at `from`. `from` may be null when the size is zero.
  void put(const void* from, std::size_t size_bytes) {
    if (static_cast<std::size_t>(end_ - cur_) < size_bytes) [[unlikely]]
      grow(size_bytes);
    auto* const at = cur_;
    if (size_bytes >= large_bytes) [[unlikely]]
      copy_large(at, from, size_bytes);
    else if (size_bytes != 0)
      std::memcpy(at, from, size_bytes);
    cur_ = at + size_bytes;
  }

  /// Appends the object representation of `value`.
  template <class T>
  requires(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>) void put(const T& value) {
    if (static_cast<std::size_t>(end_ - cur_) < sizeof(T)) [[unlikely]]
      grow(sizeof(T));
    auto* const at = cur_; // a copy: for all the compiler knows, memcpy may change cur_
    std::memcpy(at, std::addressof(value), sizeof(T));
    cur_ = at + sizeof(T);
  }

  /// Replaces bytes written earlier, for a length that is known only afterwards.
  /// REQUIRES: at + sizeof(T) <= size()
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void overwrite(std::size_t at, const T& value) {
    std::memcpy(begin_ + at, std::addressof(value), sizeof(T));
  }

  /// Forgets everything after the first `size_bytes` bytes: the way back from an encoding that
  /// failed half-way. REQUIRES: size_bytes <= size()
  void rewind(std::size_t size_bytes) { cur_ = begin_ + size_bytes; }

  std::size_t size() const { return static_cast<std::size_t>(cur_ - begin_); }
  /// How much more is written without growing.
  std::size_t room() const { return static_cast<std::size_t>(end_ - cur_); }
  std::byte* data() { return begin_; }
  const std::byte* data() const { return begin_; }

 protected:
  byte_writer() = default;
  byte_writer(std::byte* begin, std::byte* end) : begin_{begin}, cur_{begin}, end_{end} {}
  ~byte_writer() = default;

  /// Called when fewer than `needed` bytes fit between `cur_` and `end_`. Afterwards they fit, and
  /// the bytes in [begin_, cur_) are the same as before, perhaps elsewhere; or it throws and
  /// changes nothing.
  virtual void grow(std::size_t needed) = 0;

  /// Copies at least `large_bytes`: long enough that somebody may want to know how far it is.
  static constexpr std::size_t large_bytes = 128 << 10;
  virtual void copy_large(std::byte* to, const void* from, std::size_t size_bytes) {
    std::memcpy(to, from, size_bytes);
  }

  std::byte* begin_ = nullptr;
  std::byte* cur_ = nullptr;
  std::byte* end_ = nullptr;
};

/// Owns what it is given. Small contents need no allocation; capacity doubles and is kept by
/// `clear`, so a buffer that is used again stops allocating.
///
/// Errors: `std::bad_alloc`.
class byte_buffer final : public byte_writer {
 public:
  static constexpr std::size_t inline_bytes = 128;

  byte_buffer() noexcept { use_inline(0); }
  byte_buffer(byte_buffer&& other) noexcept { take(other); }
  byte_buffer& operator=(byte_buffer&& other) noexcept {
    if (this != &other)
      take(other);
    return *this;
  }
  ~byte_buffer() = default;

  void clear() noexcept { cur_ = begin_; }
  std::size_t capacity() const { return static_cast<std::size_t>(end_ - begin_); }
  void reserve(std::size_t size_bytes);

  /// The bytes written so far; valid until the next change of the buffer.
  std::span<const std::byte> view() const { return {begin_, size()}; }

 private:
  void grow(std::size_t needed) override;
  void use_inline(std::size_t size_bytes) noexcept;
  void take(byte_buffer& other) noexcept;

  std::unique_ptr<std::byte[]> heap_; // null while the contents are in inline_
  std::array<std::byte, inline_bytes> inline_;
};

/// Writes into memory of somebody else, who keeps it alive. Throws `no_room` when it is full.
class fixed_writer final : public byte_writer {
 public:
  explicit fixed_writer(std::span<std::byte> memory)
      : byte_writer{memory.data(), memory.data() + memory.size()} {}
  ~fixed_writer() = default;

  std::span<const std::byte> view() const { return {begin_, size()}; }

  /// Where the next byte goes, for a caller that writes there itself, and then says how many it wrote.
  /// REQUIRES: size_bytes <= room()
  std::byte* cursor() { return cur_; }
  void advance(std::size_t size_bytes) { cur_ += size_bytes; }

 private:
  void grow(std::size_t needed) override;
};

/// Takes bytes from the front of a sequence that somebody else owns. Nothing it is given is
/// trusted: asking for more than is left throws `decode_error` and takes nothing.
class byte_reader {
 public:
  explicit byte_reader(std::span<const std::byte> bytes)
      : cur_{bytes.data()}, end_{bytes.data() + bytes.size()} {}

  /// Copies the next `size_bytes` bytes to `to`.
  void get(void* to, std::size_t size_bytes) {
    require(size_bytes);
    if (size_bytes != 0)
      std::memcpy(to, cur_, size_bytes);
    cur_ += size_bytes;
  }

  /// The next `sizeof(T)` bytes as a T. Any bit pattern must be a valid T: not for bool or classes
  /// with an invariant, which the codec checks one level up.
  template <class T>
  requires(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !std::is_same_v<T, bool>) T get() {
    require(sizeof(T));
    T value;
    std::memcpy(&value, cur_, sizeof(T));
    cur_ += sizeof(T);
    return value;
  }

  /// The next `size_bytes` bytes where they lie, without a copy.
  std::span<const std::byte> take(std::size_t size_bytes) {
    require(size_bytes);
    const auto* from = cur_;
    cur_ += size_bytes;
    return {from, size_bytes};
  }

  std::size_t remaining() const { return static_cast<std::size_t>(end_ - cur_); }

 private:
  void require(std::size_t size_bytes) const {
    if (remaining() < size_bytes) [[unlikely]]
      throw_short_read(size_bytes, remaining());
  }

  const std::byte* cur_;
  const std::byte* end_;
};

} // namespace troupe::detail
