// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/topic_value.hpp>

#include <troupe/failure.hpp>

#include <exception>
#include <iostream>

namespace troupe::detail {

namespace {

using topic_type_function = const topic_type& (*)();

} // namespace

void builtin<topic_value>::save(encoder& to, const topic_value& value) {
  to.bytes().put(value.type->index());
  value.type->save(to.bytes(), value.value.get());
}

void builtin<topic_value>::load(decoder& from, topic_value& value) {
  try {
    const auto& type = code_at<topic_type_function>(from.bytes().get<std::uint32_t>())();
    value = {&type, type.load(from.bytes())};
  } catch (...) {
    const failure why{std::current_exception()};
    std::cerr << "troupe: a value published in another process was dropped, because it did not load: "
              << why.type_name() << ": " << why.what() << '\n';
    value = {};
  }
}

} // namespace troupe::detail
