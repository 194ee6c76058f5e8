// SPDX-License-Identifier: BSD-3-Clause
#include "codec/current_exception.hpp"

#include "troupe/exceptions.hpp"

#include <cxxabi.h>

#include <charconv>
#include <cstring>
#include <string>

namespace troupe::detail {

namespace {

std::string_view bounded(const char* text) noexcept {
  return text ? std::string_view{text, ::strnlen(text, current_exception::max_text_bytes)}
              : std::string_view{};
}

} // namespace

current_exception::current_exception() noexcept : type_{abi::__cxa_current_exception_type()} {
  // Rethrowing copies nothing, so that what is seen here is the exception object itself.
  try {
    throw;
  } catch (const std::exception& e) {
    look_at(e);
  } catch (const char* text) {
    text_ = bounded(text);
  } catch (const std::string& text) {
    text_ = std::string_view{text}.substr(0, max_text_bytes);
  } catch (int number) {
    const auto end = std::to_chars(number_.data(), number_.data() + number_.size(), number).ptr;
    text_ = {number_.data(), static_cast<std::size_t>(end - number_.data())};
  } catch (...) {
    carrier_ = nullptr; // the name of its type is all there is to tell
  }
}

void current_exception::look_at(const std::exception& e) noexcept {
  object_ = &e;
  carrier_ = dynamic_cast<const remote_info_carrier*>(&e);
  text_ = bounded(e.what());
}

readable_type_name::readable_type_name(const std::type_info* type) noexcept {
  if (!type) {
    view_ = "exception of another language";
    return;
  }
  int status = 0;
  demangled_.reset(abi::__cxa_demangle(type->name(), nullptr, nullptr, &status));
  view_ = demangled_ ? demangled_.get() : type->name();
}

} // namespace troupe::detail
