// SPDX-License-Identifier: BSD-3-Clause
#include "actor/peer_way.hpp"

#include <utility>

namespace troupe::detail {

void peer_way::send(actor_number target, std::uint32_t tag, encode_ref encode) {
  if (const use now{*this}; now.way) {
    now.way->send(target, tag, encode);
    now.way->ring_peer();
    return;
  }
  byte_buffer buffer; // the user's functions are called before the lock
  encode(buffer);
  const auto bytes = buffer.view();
  std::lock_guard lock{mutex_};
  if (closed_.load(std::memory_order_relaxed))
    return;
  if (link_) {
    link_->send(target, tag, [&](byte_writer& w) { w.put(bytes.data(), bytes.size()); });
    link_->ring_peer();
  } else {
    waiting_.push_back({target, tag, {bytes.begin(), bytes.end()}});
  }
}

void peer_way::open(std::shared_ptr<link> way) {
  std::lock_guard lock{mutex_};
  if (closed_.load(std::memory_order_relaxed))
    return;
  link_ = std::move(way);
  const auto waited = std::exchange(waiting_, {});
  for (const auto& m : waited)
    link_->send(m.target, m.tag, [&](byte_writer& w) { w.put(m.bytes.data(), m.bytes.size()); });
  if (!waited.empty()) // or a child that has nothing to say would wake its supervisor
    link_->ring_peer();
  open_.store(link_.get(), std::memory_order_seq_cst); // after all that had waited
}

void peer_way::close() {
  {
    std::lock_guard lock{mutex_};
    open_.store(nullptr, std::memory_order_seq_cst);
    closed_.store(true, std::memory_order_seq_cst);
    waiting_.clear();
  }
  let_go_of_link();
}

void peer_way::let_go_of_link() const {
  std::shared_ptr<link> gone; // destroyed after the lock
  std::lock_guard lock{mutex_};
  if (users_.load(std::memory_order_seq_cst) == 0)
    gone.swap(link_);
}

std::size_t peer_way::waiting_messages() const {
  std::lock_guard lock{mutex_};
  return waiting_.size();
}

std::shared_ptr<link> peer_way::opened() const {
  std::lock_guard lock{mutex_};
  return open_.load(std::memory_order_relaxed) ? link_ : nullptr;
}

} // namespace troupe::detail
