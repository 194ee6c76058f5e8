// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/detail/pending_reply.hpp>
#include <troupe/detail/responder.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::detail {

/// The questions of this process that others have to answer. Each operation takes constant time, but
/// `take_all_of`. Any thread.
class ask_table {
 public:
  /// The number under which it is answered; never 0, never used again.
  ask_number add(std::shared_ptr<pending_reply> question, process_id asked, bool is_ask = false);
  /// What `add` was told of it, also when nobody waits any more.
  static bool is_ask(ask_number number) { return (number & ask_bit) != 0; }
  /// Empty when nobody waits for it any more.
  std::shared_ptr<pending_reply> take(ask_number number);
  /// Those that this process was asked.
  std::vector<std::shared_ptr<pending_reply>> take_all_of(process_id asked);
  std::vector<std::shared_ptr<pending_reply>> take_all();
  std::size_t size() const;

 private:
  static constexpr ask_number ask_bit = ask_number{1} << 31; // in the number of an ask

  struct slot {
    std::shared_ptr<pending_reply> question; // empty: free
    process_id asked = 0;
    std::uint32_t generation = 0;
  };
  template <class Condition>
  std::vector<std::shared_ptr<pending_reply>> take_if(Condition wanted);

  mutable std::mutex mutex_; // guards what follows
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
};

} // namespace troupe::detail
