// SPDX-License-Identifier: BSD-3-Clause
#include "codec/exception_kind.hpp"

#include "troupe/codec.hpp"
#include "troupe/detail/remote_exception.hpp"

#include <algorithm>
#include <any>
#include <array>
#include <filesystem>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <string>
#include <system_error>
#include <typeinfo>
#include <variant>

namespace troupe::detail {

namespace {

using kind = exception_kind;

void save_nothing(byte_writer&, const std::exception&) {}

template <class E>
std::exception_ptr rebuild_from_text(byte_reader&, const remote_info& info) {
  return make_remote_exception<E>(info, info.text);
}

template <class E>
std::exception_ptr rebuild_without_text(byte_reader&, const remote_info& info) {
  return make_remote_exception<E>(info);
}

template <class E>
constexpr exception_codec of_text(kind k) {
  return {k, &typeid(E), save_nothing, rebuild_from_text<E>};
}

template <class E>
constexpr exception_codec without_text(kind k) {
  return {k, &typeid(E), save_nothing, rebuild_without_text<E>};
}

// Error codes: a category is an object, so it travels as its name. One that is not known here
// becomes the generic one; the text still tells.

void save_code(byte_writer& out, const std::error_code& code) {
  encode(out, code.value());
  encode(out, std::string{code.category().name()});
}

std::error_code load_code(byte_reader& saved) {
  const auto value = decode<int>(saved);
  const auto name = decode<std::string>(saved);
  for (const auto* category : {&std::generic_category(), &std::system_category(), &std::iostream_category(),
                               &std::future_category()}) {
    if (name == category->name())
      return {value, *category};
  }
  return {value, std::generic_category()};
}

/// what() of these is "text: message of the code"; their constructors add the message again.
std::string without_message(const std::string& text, const std::error_code& code) {
  const auto message = code.message();
  if (text.ends_with(": " + message))
    return text.substr(0, text.size() - message.size() - 2);
  return text == message ? std::string{} : text;
}

template <class E>
void save_code_of(byte_writer& out, const std::exception& e) {
  save_code(out, dynamic_cast<const E&>(e).code());
}

std::exception_ptr rebuild_system_error(byte_reader& saved, const remote_info& info) {
  const auto code = load_code(saved);
  return make_remote_exception<std::system_error>(info, code, without_message(info.text, code));
}

std::exception_ptr rebuild_ios_failure(byte_reader& saved, const remote_info& info) {
  const auto code = load_code(saved);
  return make_remote_exception<std::ios_base::failure>(info, without_message(info.text, code), code);
}

std::exception_ptr rebuild_future_error(byte_reader& saved, const remote_info& info) {
  return make_remote_exception<std::future_error>(info,
                                                  static_cast<std::future_errc>(load_code(saved).value()));
}

void save_filesystem_error(byte_writer& out, const std::exception& e) {
  const auto& failed = dynamic_cast<const std::filesystem::filesystem_error&>(e);
  save_code(out, failed.code());
  encode(out, failed.path1().native());
  encode(out, failed.path2().native());
}

std::exception_ptr rebuild_filesystem_error(byte_reader& saved, const remote_info& info) {
  const auto code = load_code(saved);
  const std::filesystem::path first = decode<std::string>(saved);
  const std::filesystem::path second = decode<std::string>(saved);
  return make_remote_exception<std::filesystem::filesystem_error>(info, info.text, first, second, code);
}

void save_regex_error(byte_writer& out, const std::exception& e) {
  encode(out, static_cast<int>(dynamic_cast<const std::regex_error&>(e).code()));
}

std::exception_ptr rebuild_regex_error(byte_reader& saved, const remote_info& info) {
  return make_remote_exception<std::regex_error>(
      info, static_cast<std::regex_constants::error_type>(decode<int>(saved)));
}

void save_spawn_error(byte_writer& out, const std::exception& e) {
  encode(out, dynamic_cast<const spawn_error&>(e).errno_value());
}

std::exception_ptr rebuild_spawn_error(byte_reader& saved, const remote_info& info) {
  const std::error_code code{decode<int>(saved), std::generic_category()};
  return make_remote_exception<spawn_error>(info, without_message(info.text, code), code.value());
}

void save_worker_lost(byte_writer& out, const std::exception& e) {
  encode(out, dynamic_cast<const worker_lost&>(e).info());
}

std::exception_ptr rebuild_worker_lost(byte_reader& saved, const remote_info& info) {
  return make_remote_exception<worker_lost>(info, decode<worker_lost_info>(saved));
}

const std::array codecs{
    without_text<std::exception>(kind::std_exception),
    of_text<std::logic_error>(kind::logic_error),
    of_text<std::domain_error>(kind::domain_error),
    of_text<std::invalid_argument>(kind::invalid_argument),
    of_text<std::length_error>(kind::length_error),
    of_text<std::out_of_range>(kind::out_of_range),
    of_text<std::runtime_error>(kind::runtime_error),
    of_text<std::range_error>(kind::range_error),
    of_text<std::overflow_error>(kind::overflow_error),
    of_text<std::underflow_error>(kind::underflow_error),
    without_text<std::bad_alloc>(kind::bad_alloc),
    without_text<std::bad_array_new_length>(kind::bad_array_new_length),
    without_text<std::bad_cast>(kind::bad_cast),
    without_text<std::bad_typeid>(kind::bad_typeid),
    without_text<std::bad_exception>(kind::bad_exception),
    without_text<std::bad_function_call>(kind::bad_function_call),
    without_text<std::bad_optional_access>(kind::bad_optional_access),
    without_text<std::bad_variant_access>(kind::bad_variant_access),
    without_text<std::bad_any_cast>(kind::bad_any_cast),
    without_text<std::bad_weak_ptr>(kind::bad_weak_ptr),
    exception_codec{kind::system_error, &typeid(std::system_error), save_code_of<std::system_error>,
                    rebuild_system_error},
    exception_codec{kind::ios_failure, &typeid(std::ios_base::failure), save_code_of<std::ios_base::failure>,
                    rebuild_ios_failure},
    exception_codec{kind::future_error, &typeid(std::future_error), save_code_of<std::future_error>,
                    rebuild_future_error},
    exception_codec{kind::filesystem_error, &typeid(std::filesystem::filesystem_error), save_filesystem_error,
                    rebuild_filesystem_error},
    exception_codec{kind::regex_error, &typeid(std::regex_error), save_regex_error, rebuild_regex_error},
    of_text<error>(kind::error),
    of_text<usage_error>(kind::usage_error),
    of_text<timeout_error>(kind::timeout_error),
    of_text<cancelled>(kind::cancelled),
    of_text<stopped>(kind::stopped),
    of_text<task_timeout>(kind::task_timeout),
    of_text<actor_down>(kind::actor_down),
    of_text<queue_full>(kind::queue_full),
    of_text<queue_empty>(kind::queue_empty),
    of_text<queue_closed>(kind::queue_closed),
    of_text<connection_closed>(kind::connection_closed),
    of_text<broken_barrier>(kind::broken_barrier),
    of_text<decode_error>(kind::decode_error),
    of_text<authentication_error>(kind::authentication_error),
    exception_codec{kind::worker_lost, &typeid(worker_lost), save_worker_lost, rebuild_worker_lost},
    exception_codec{kind::spawn_error, &typeid(spawn_error), save_spawn_error, rebuild_spawn_error},
};

} // namespace

const exception_codec* find_exception_codec(const std::type_info& type) {
  const auto* place = std::ranges::find_if(codecs, [&](const exception_codec& c) { return *c.type == type; });
  return place == codecs.end() ? nullptr : place;
}

const exception_codec* find_exception_codec(exception_kind wanted) {
  const auto* place = std::ranges::find(codecs, wanted, &exception_codec::kind);
  return place == codecs.end() ? nullptr : place;
}

} // namespace troupe::detail
