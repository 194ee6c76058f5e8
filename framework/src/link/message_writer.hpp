// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/link.hpp"

#include <optional>

namespace troupe::detail {

/// Where a message is encoded: on the stack while it is short, in private memory while it may still
/// fit the ring, and straight into the link's bulk area beyond that (so that large payloads are
/// copied once).
class message_writer final : public byte_writer {
 public:
  explicit message_writer(link& l);
  ~message_writer();

  void send(actor_number target, std::uint32_t tag);

 protected:
  void grow(std::size_t needed) override;
  void copy_large(std::byte* to, const void* from, std::size_t size_bytes) override;

 private:
  void move_to(std::byte* memory, std::size_t capacity);

  static constexpr std::size_t stack_bytes = 2048;
  link& link_;
  std::unique_ptr<std::byte[]> heap_;
  std::optional<bulk_extent> extent_;
  std::byte stack_[stack_bytes];
};

} // namespace troupe::detail
