// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/aggregate.hpp>
#include <troupe/detail/bytes.hpp>

#include <cereal/cereal.hpp>
#include <cereal/types/memory.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

/// The Cereal archives, and the lighter objects that do most of their work.
///
/// A Cereal archive holds tables for pointers and versions and costs tens of nanoseconds to make,
/// so it is made only when the first type turns up that brings its own serialisation functions.
/// Everything else (numbers, the standard containers, plain aggregates) goes through `encoder` and
/// `decoder` directly. The archive sends what a serialisation function hands it back the same way,
/// hence each type has one encoding, wherever it stands.

namespace troupe {

namespace detail {
class encoder;
class decoder;
} // namespace detail

/// The Archive that serialisation functions see when a value leaves this process.
/// Made by the codec only.
class output_archive : public cereal::OutputArchive<output_archive, cereal::AllowEmptyClassElision> {
 public:
  explicit output_archive(detail::encoder& to);
  ~output_archive() noexcept;

  template <class... Ts>
  output_archive& operator()(Ts&&... values);
  template <class T>
  output_archive& operator&(T&& value) {
    return (*this)(std::forward<T>(value));
  }
  template <class T>
  output_archive& operator<<(T&& value) {
    return (*this)(std::forward<T>(value));
  }

 private:
  friend class detail::encoder;

  detail::encoder& to_;
};

/// The Archive that serialisation functions see when a value arrives. Made by the codec only.
class input_archive : public cereal::InputArchive<input_archive, cereal::AllowEmptyClassElision> {
 public:
  explicit input_archive(detail::decoder& from);
  ~input_archive() noexcept;

  template <class... Ts>
  input_archive& operator()(Ts&&... values);
  template <class T>
  input_archive& operator&(T&& value) {
    return (*this)(std::forward<T>(value));
  }
  template <class T>
  input_archive& operator>>(T&& value) {
    return (*this)(std::forward<T>(value));
  }

 private:
  friend class detail::decoder;

  detail::decoder& from_;
};

} // namespace troupe

CEREAL_SETUP_ARCHIVE_TRAITS(troupe::input_archive, troupe::output_archive)

namespace troupe::detail {

/// How deep pointers and containers may nest, at both ends: bounds the stack that hostile bytes
/// can use up, and tells the sender rather than the receiver.
inline constexpr unsigned max_nesting = 512;

[[noreturn]] void throw_decode_error(const char* what);
[[noreturn]] void throw_usage_error(const char* what);

/// The address of `value` names the type T while the program runs.
template <class T>
struct type_tag {
  static constexpr char value = 0;
};

/// Saves values of any sendable type to a writer.
class encoder {
 public:
  explicit encoder(byte_writer& out) : out_{out} {}
  encoder(const encoder&) = delete;
  encoder& operator=(const encoder&) = delete;

  template <class T>
  void save(const T& value);

  /// Writes a number of elements.
  void put_length(std::size_t count) { out_.put(static_cast<std::uint64_t>(count)); }

  /// The first call for an object gives {its new number, true}, later ones {that number, false}.
  /// Keeps the object alive, so that no other can appear at its address meanwhile.
  std::pair<std::uint32_t, bool> number_shared(std::shared_ptr<const void> object, const void* type);

  void enter() {
    if (++depth_ > max_nesting)
      throw_usage_error("a value to be sent is nested deeper than 512 levels: send it flat");
  }
  void leave() { --depth_; }

  byte_writer& bytes() { return out_; }
  /// To be called after the last value.
  void finish() {
    if (tables_) [[unlikely]]
      finish_tables();
  }

 private:
  struct tables;
  struct delete_tables {
    void operator()(tables* t) const noexcept;
  };
  tables& full();
  output_archive& archive();
  void finish_tables();

  template <class T>
  void save_note(const T& value);
  template <class T>
  void save_by_cereal(const T& value);

  byte_writer& out_;
  unsigned depth_ = 0;
  std::unique_ptr<tables, delete_tables> tables_; // null until needed
};

/// Loads values from bytes nobody vouches for. What it allocates in advance is bounded by a
/// credit proportional to the bytes it was given; beyond that, memory follows what was decoded.
class decoder {
 public:
  explicit decoder(byte_reader& in) : in_{in}, credit_bytes_{4096 + 16 * in.remaining()} {}
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  /// Replaces `value`, which may be left half-way when this throws.
  template <class T>
  void load(T& value);

  /// The same for types without default constructor.
  template <class T>
  T make();

  /// Reads a number of elements, each of at least one byte.
  std::size_t get_length() {
    const auto count = in_.get<std::uint64_t>();
    if (count > in_.remaining())
      throw_decode_error("a length exceeds what is left of the message");
    return static_cast<std::size_t>(count);
  }

  bool get_flag() {
    const auto flag = in_.get<std::uint8_t>();
    if (flag > 1)
      throw_decode_error("a flag is neither 0 nor 1");
    return flag != 0;
  }

  /// For how many of `count` elements room may be made in advance.
  std::size_t advance(std::size_t count, std::size_t element_bytes) {
    const auto granted = std::min(count, credit_bytes_ / element_bytes);
    credit_bytes_ -= granted * element_bytes;
    return granted;
  }

  /// Gives the object the number the sender gave it. Null: it is announced only.
  std::uint32_t register_shared(std::shared_ptr<void> object, const void* type);
  void complete_shared(std::uint32_t number, std::shared_ptr<void> object);
  const std::shared_ptr<void>& find_shared(std::uint32_t number, const void* type);

  void enter() {
    if (++depth_ > max_nesting)
      throw_decode_error("nested deeper than 512 levels");
  }
  void leave() { --depth_; }

  byte_reader& bytes() { return in_; }
  /// To be called after the last value.
  void finish() {
    if (tables_) [[unlikely]]
      finish_tables();
  }

 private:
  struct tables;
  struct delete_tables {
    void operator()(tables* t) const noexcept;
  };
  tables& full();
  input_archive& archive();
  void finish_tables();

  template <class T>
  void load_note(T& value);
  template <class T>
  void load_by_cereal(T& value);
  template <class T>
  T make_in_place();
  template <class T>
  T construct_by_cereal();
  template <class... Members, class T>
  T make_from_members(type_list<Members...>, std::type_identity<T>);

  byte_reader& in_;
  std::size_t credit_bytes_;
  unsigned depth_ = 0;
  std::unique_ptr<tables, delete_tables> tables_; // null until needed
};

/// Counts one level of nesting for as long as it lives.
template <class Coder>
class nesting {
 public:
  explicit nesting(Coder& coder) : coder_{coder} { coder_.enter(); }
  ~nesting() { coder_.leave(); }
  nesting(const nesting&) = delete;
  nesting& operator=(const nesting&) = delete;

 private:
  Coder& coder_;
};

} // namespace troupe::detail

namespace troupe {

template <class... Ts>
output_archive& output_archive::operator()(Ts&&... values) {
  (to_.save(values), ...);
  return *this;
}

template <class... Ts>
input_archive& input_archive::operator()(Ts&&... values) {
  (from_.load(values), ...);
  return *this;
}

// What Cereal itself asks an archive for, when it serialises a type of its own accord.

template <class T>
requires std::is_arithmetic_v<T>
void CEREAL_SAVE_FUNCTION_NAME(output_archive& to, const T& value) { to(value); }
template <class T>
requires std::is_arithmetic_v<T>
void CEREAL_LOAD_FUNCTION_NAME(input_archive& from, T& value) { from(value); }
template <class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(output_archive& to, cereal::NameValuePair<T>& pair) {
  to(pair.value);
}
template <class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(input_archive& from, cereal::NameValuePair<T>& pair) {
  from(pair.value);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(output_archive& to, const cereal::SizeTag<T>& tag) {
  to(tag);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(input_archive& from, cereal::SizeTag<T>& tag) {
  from(tag);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(output_archive& to, const cereal::BinaryData<T>& data) {
  to(data);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(input_archive& from, cereal::BinaryData<T>& data) {
  from(data);
}

} // namespace troupe
