// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/sendable.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>

/// Encodings of owning pointers. What they point to travels with them.
///
/// A shared object is sent once per message and is shared again on arrival. Each reference back to
/// one carries no type, so the receiver remembers the type of every shared object it has loaded:
/// bytes that ask for an object as something else are refused.

namespace troupe::detail {

/// A class with virtual functions may be another one behind the pointer, and would be sliced.
template <class T>
concept pointee =
    !std::is_array_v<T> && !std::is_void_v<T> && (!std::is_polymorphic_v<T> || std::is_final_v<T>);

template <pointee T>
struct builtin<std::unique_ptr<T>> {
  using parts = type_list<std::remove_const_t<T>>;

  static void save(encoder& to, const std::unique_ptr<T>& value) {
    const nesting guard{to};
    to.save(value != nullptr);
    if (value)
      to.save(*value);
  }
  static void load(decoder& from, std::unique_ptr<T>& value) {
    using object = std::remove_const_t<T>;
    const nesting guard{from};
    value.reset();
    if (!from.get_flag())
      return;
    if constexpr (std::is_default_constructible_v<object>) {
      auto loaded = std::make_unique<object>();
      from.load(*loaded);
      value = std::move(loaded);
    } else {
      value = std::make_unique<object>(from.make<object>());
    }
  }
};

/// Stable; never renumber.
enum class shared_form : std::uint8_t { null = 0, object = 1, reference = 2 };

template <pointee T>
struct builtin<std::shared_ptr<T>> {
  using object = std::remove_const_t<T>;
  using parts = type_list<object>;

  static void save(encoder& to, const std::shared_ptr<T>& value) {
    const nesting guard{to};
    if (!value) {
      to.save(shared_form::null);
      return;
    }
    const auto [number, is_new] = to.number_shared(value, type());
    to.save(is_new ? shared_form::object : shared_form::reference);
    if (is_new)
      to.save(static_cast<const object&>(*value));
    else
      to.save(number);
  }

  static void load(decoder& from, std::shared_ptr<T>& value) {
    const nesting guard{from};
    switch (from.make<shared_form>()) {
      case shared_form::null:
        value.reset();
        return;
      case shared_form::object:
        value = load_object(from);
        return;
      case shared_form::reference:
        value = std::static_pointer_cast<T>(from.find_shared(from.make<std::uint32_t>(), type()));
        return;
    }
    throw_decode_error("a shared pointer is of no known form");
  }

 private:
  static const void* type() { return &type_tag<object>::value; }

  static std::shared_ptr<object> load_object(decoder& from) {
    if constexpr (std::is_default_constructible_v<object>) {
      auto loaded = std::make_shared<object>();
      from.register_shared(loaded, type()); // before its contents, which may refer to it
      from.load(*loaded);
      return loaded;
    } else {
      const auto number = from.register_shared(nullptr, type());
      auto loaded = std::make_shared<object>(from.make<object>());
      from.complete_shared(number, loaded);
      return loaded;
    }
  }
};

template <pointee T>
struct builtin<std::weak_ptr<T>> {
  using parts = type_list<std::remove_const_t<T>>;

  static void save(encoder& to, const std::weak_ptr<T>& value) { to.save(value.lock()); }
  static void load(decoder& from, std::weak_ptr<T>& value) {
    std::shared_ptr<T> loaded;
    from.load(loaded);
    value = loaded;
  }
};

} // namespace troupe::detail
