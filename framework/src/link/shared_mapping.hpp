// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/descriptor.hpp"

#include <cstddef>

namespace troupe::detail {

/// A mapping of shared memory that lives as long as this object. The memory itself (an anonymous
/// file) goes with its last mapping or descriptor, however the processes end.
class shared_mapping {
 public:
  shared_mapping() = default;

  /// Makes a memfd of this size, sealed against shrinking and growing (so that no access can meet
  /// SIGBUS), and maps it. Pages cost memory once they are touched. Errors: spawn_error.
  static shared_mapping create(const char* name, std::size_t size_bytes);

  /// Maps what another process made. Errors: spawn_error.
  static shared_mapping open(descriptor fd, std::size_t size_bytes);

  shared_mapping(shared_mapping&& other) noexcept;
  shared_mapping& operator=(shared_mapping&& other) noexcept;
  ~shared_mapping();

  std::byte* data() const { return data_; }
  std::size_t size_bytes() const { return size_bytes_; }

  /// The descriptor, to be handed to another process; closed by `forget_descriptor`.
  int fd() const { return fd_.get(); }
  void forget_descriptor() { fd_.reset(); }

 private:
  descriptor fd_;
  std::byte* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

} // namespace troupe::detail
