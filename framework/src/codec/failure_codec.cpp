// SPDX-License-Identifier: BSD-3-Clause
#include "codec/current_exception.hpp"
#include "codec/exception_kind.hpp"
#include "troupe/codec.hpp"
#include "troupe/detail/exception_registry.hpp"
#include "troupe/failure.hpp"

#include <unistd.h>

#include <exception>
#include <string>
#include <string_view>

// A failure on the wire:
//   kind u8 · type name · text · pid i32 · process name · task index? · saved part
// where texts and the saved part are a length and that many bytes.

namespace troupe::detail {

namespace {

/// How much of a failure is written. When one does not fit or throws, the next is tried.
struct extent {
  std::size_t text_bytes;
  bool with_saved_part;
};
constexpr extent extents[] = {
    {current_exception::max_text_bytes, true},  {1024, true},  {0, true},
    {current_exception::max_text_bytes, false}, {1024, false}, {0, false},
};
constexpr std::size_t max_type_name_bytes = 4096;

void put_text(byte_writer& out, std::string_view text, std::size_t max_bytes) {
  text = text.substr(0, max_bytes);
  out.put(static_cast<std::uint32_t>(text.size()));
  out.put(text.data(), text.size());
}

std::string_view get_text(byte_reader& in) {
  const auto bytes = in.take(in.get<std::uint32_t>());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The type an exception has for those who catch it, wherever it was thrown first.
const std::type_info* nominal_type(const current_exception& seen) {
  return seen.carrier() ? &seen.carrier()->rebuilt_as() : seen.type();
}

void put_origin(byte_writer& out, const current_exception& seen, std::size_t max_bytes) {
  if (const auto* carrier = seen.carrier()) {
    const auto& info = carrier->info();
    put_text(out, info.type_name, max_type_name_bytes);
    put_text(out, info.text, max_bytes);
    out.put(static_cast<std::int32_t>(info.pid));
    put_text(out, info.process_name, max_bytes);
    out.put(static_cast<std::uint8_t>(info.task_index.has_value()));
    out.put(static_cast<std::uint64_t>(info.task_index.value_or(0)));
  } else {
    put_text(out, readable_type_name{seen.type()}.view(), max_type_name_bytes);
    put_text(out, seen.text(), max_bytes);
    out.put(static_cast<std::int32_t>(::getpid()));
    put_text(out, process_name(), max_bytes);
    out.put(std::uint8_t{0});
    out.put(std::uint64_t{0});
  }
}

/// Writes a part with its length before it.
template <class Write>
void put_part(byte_writer& out, Write write) {
  const auto at = out.size();
  out.put(std::uint32_t{0});
  write();
  out.overwrite(at, static_cast<std::uint32_t>(out.size() - at - sizeof(std::uint32_t)));
}

void put_failure(byte_writer& out, const current_exception& seen, extent how_much) {
  const auto* type = nominal_type(seen);
  const exception_codec* codec = nullptr;
  const exception_entry* entry = nullptr;
  if (type && how_much.with_saved_part) {
    codec = seen.object() ? find_exception_codec(*type) : nullptr;
    entry = codec ? nullptr : exception_registry::instance().find(*type);
  }
  out.put(codec ? codec->kind : entry ? exception_kind::registered : exception_kind::unknown);
  put_origin(out, seen, how_much.text_bytes);
  put_part(out, [&] {
    if (codec) {
      codec->save(out, *seen.object());
    } else if (entry) {
      put_text(out, entry->name, std::string_view::npos);
      if (entry->save_current)
        entry->save_current(out);
    }
  });
}

std::exception_ptr rebuild(exception_kind kind, byte_reader& saved, const remote_info& info) {
  if (kind == exception_kind::registered) {
    if (const auto* entry = exception_registry::instance().find(get_text(saved))) {
      try {
        return entry->rebuild(saved, info);
      } catch (const std::exception&) {
        return std::make_exception_ptr(task_error{info}); // the type's own functions refused
      }
    }
  } else if (const auto* codec = find_exception_codec(kind)) {
    return codec->rebuild(saved, info);
  } else if (kind != exception_kind::unknown) {
    throw_decode_error("a failure is of no known kind");
  }
  return std::make_exception_ptr(task_error{info});
}

} // namespace

bool encode_current_exception(byte_writer& out) noexcept {
  const current_exception seen;
  const auto start = out.size();
  for (const auto& how_much : extents) {
    try {
      put_failure(out, seen, how_much);
      return true;
    } catch (...) {
      out.rewind(start);
    }
  }
  return false;
}

failure decode_failure(byte_reader& in, std::optional<std::size_t> task_index) {
  try {
    const auto kind = in.get<exception_kind>();
    remote_info info;
    info.type_name = get_text(in);
    info.text = get_text(in);
    info.pid = in.get<std::int32_t>();
    info.process_name = get_text(in);
    const auto has_index = in.get<std::uint8_t>();
    const auto index = in.get<std::uint64_t>();
    if (has_index != 0)
      info.task_index = static_cast<std::size_t>(index);
    if (task_index)
      info.task_index = task_index;
    byte_reader saved{in.take(in.get<std::uint32_t>())};
    auto exception = rebuild(kind, saved, info);
    return {std::move(exception), std::move(info.type_name), std::move(info.text)};
  } catch (const decode_error&) {
    throw;
  } catch (const std::exception& e) {
    throw decode_error{std::string{"a failure cannot be rebuilt: "} + e.what()};
  }
}

} // namespace troupe::detail
