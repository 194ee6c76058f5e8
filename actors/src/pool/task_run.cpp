// SPDX-License-Identifier: BSD-3-Clause
#include <troupe/detail/task_run.hpp>

namespace troupe::detail {

namespace {

using namespace std::chrono_literals;

// Results wait for company at most this long while there is more to do …
constexpr auto longest_wait = 20us;
constexpr auto longest_patience = 5ms;
// … and less when this many bytes have gathered.
constexpr std::size_t enough_bytes = 24 << 10;

} // namespace

void task_run::begin_chunk(std::uint64_t chunk, std::uint32_t count, bool stream, bool patient) {
  chunk_ = chunk;
  count_ = count;
  index_ = 0;
  stream_ = stream && count > 1;
  patient_ = patient;
  group_began_ = clock::now();
  running_ = worker_box::running_bit; // decoding the callable is part of running the first item
  if (out_.size() + sizeof(result_group) > worker_box::slate_bytes / 2)
    flush();
  open_group();
}

// From here on the slate is written from its beginning.
void task_run::wipe() {
  out_.rewind(0);
  in_group_ = 0;
  group_open_ = false;
  publish();
  box_.wipes.store(box_.wipes.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  std::atomic_thread_fence(std::memory_order_release); // before what is written next
}

void task_run::open_group() {
  result_group group;
  group.chunk = chunk_;
  group.offset = index_;
  group.dense = dense_ ? 1 : 0;
  group_at_ = out_.size();
  in_group_ = 0;
  group_open_ = true;
  out_.put(group);
  publish();
}

void task_run::close_group() {
  result_group group;
  group.chunk = chunk_;
  group.offset = index_ - in_group_;
  group.count = in_group_;
  group.size_bytes = out_.size() - group_at_ - sizeof group;
  group.dense = dense_ ? 1 : 0;
  const auto now = clock::now();
  group.busy_ns = static_cast<std::uint64_t>((now - group_began_).count());
  group_began_ = now;
  out_.overwrite(group_at_, group);
  group_open_ = false;
}

void task_run::change_group(bool dense) {
  if (out_.room() < enough_bytes)
    flush();
  if (in_group_ != 0)
    close_group();
  else
    out_.rewind(group_at_); // its header is written again
  dense_ = dense;
  open_group();
}

// Not straight to the slate: an exception tells less of itself where there is little room.
void task_run::fail() {
  end_if_forked_copy();
  byte_buffer why;
  static_cast<void>(encode_current_exception(why));
  const auto put = [&why](byte_writer& out) {
    out.put(result_kind::failure);
    put_sized(out, [&why](byte_writer& o) { o.put(why.data(), why.size()); });
  };
  add(put);
}

void task_run::end_chunk() {
  close_group();
  publish();
  flush_if_due(group_began_);
}

void task_run::flush_if_due(clock::time_point now) {
  const auto longest = patient_ ? longest_patience : longest_wait;
  if (now - last_flush_ >= longest || out_.size() >= enough_bytes)
    flush();
}

void task_run::flush() {
  const bool reopen = group_open_;
  if (reopen)
    close_group();
  if (out_.size() != 0)
    send_([this](byte_writer& w) { w.put(out_.view().data(), out_.size()); });
  // From here on the supervisor has it all from the link; a death before the next line shows it twice,
  // which it notices by the offsets.
  wipe();
  last_flush_ = clock::now();
  if (reopen)
    open_group();
}

// A result that does not fit the slate goes straight to the link; until it is there, its item is running.
void task_run::add_large(function_ref<void(byte_writer&)> put) {
  // With results before it in its group, its time is counted there.
  const auto busy = in_group_ == 0 ? clock::now() - group_began_ : clock::duration{};
  flush();
  send_([&](byte_writer& w) {
    result_group group;
    group.chunk = chunk_;
    group.offset = index_;
    group.count = 1;
    group.busy_ns = static_cast<std::uint64_t>(busy.count());
    const auto at = w.size();
    w.put(group);
    put(w);
    group.size_bytes = w.size() - at - sizeof group;
    w.overwrite(at, group);
  });
  ++index_;
  running_ = 0;
  wipe(); // the next group's header is written over that of the open one
  group_began_ = clock::now();
  open_group();
}

} // namespace troupe::detail
