// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/descriptor.hpp"
#include "link/futex.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace troupe::detail {

/// Sends one datagram with descriptors over a Unix SEQPACKET socket. False with errno when it failed.
bool send_with_descriptors(int socket, std::span<const std::byte> bytes, std::span<const int> fds);

struct received_message {
  std::size_t size_bytes = 0; // 0: the other end is closed
  std::vector<descriptor> fds;
};

/// Receives one datagram into `bytes`. False with errno on error (EAGAIN at the deadline).
bool receive_with_descriptors(int socket, std::span<std::byte> bytes, steady_time deadline,
                              received_message& message);

/// Waits until `fd` is readable. False at the deadline.
bool wait_readable(int fd, steady_time deadline);

} // namespace troupe::detail
