// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/envelope.hpp>

#include <caf/allowed_unsafe_message_type.hpp>

#include <stdexcept>
#include <utility>

namespace troupe::detail {

/// The one type that crosses CAF: an envelope, moved in and moved out, never serialised by CAF.
struct box {
  explicit box(envelope&& message) : content{std::move(message)} {}
  box() = default;
  box(box&&) = default;
  box& operator=(box&&) = default;
  // CAF's type erasure instantiates a copy but makes one only for messages that are shared, which
  // ours never are.
  box(const box&) { throw std::logic_error("a message envelope was copied inside CAF"); }
  box& operator=(const box&) = delete;

  envelope content;
};

} // namespace troupe::detail

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::detail::box)
