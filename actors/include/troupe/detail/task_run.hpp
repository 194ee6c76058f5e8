// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/codec.hpp>
#include <troupe/detail/bytes.hpp>
#include <troupe/detail/forked_copy.hpp>
#include <troupe/detail/function_ref.hpp>
#include <troupe/failure.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <variant>

namespace troupe::detail {

/// What a worker leaves where its supervisor can read it, above all after its death: which chunks it has begun,
/// the results it has not sent yet, and whether it is inside a task.
struct worker_box {
  static constexpr std::size_t claim_slots = 1024;
  static constexpr std::size_t slate_bytes = 64 << 10;

  /// Who has chunk `n`, in slot n % claim_slots:
  ///   2n ──(worker begins it)──▶ 2n + 1        2n ──(supervisor takes it back)──▶ 0
  std::array<std::atomic<std::uint64_t>, claim_slots> claims;

  /// How much of the slate counts: its bytes (bits 0–19); where its last group begins (20–39) and how many
  /// results that has so far (40–59), both only while the group is open (bit 60); and whether a task runs
  /// (bit 61). One word, so that it is never seen half changed, whatever happens to the rest.
  alignas(64) std::atomic<std::uint64_t> progress;
  static constexpr std::uint64_t running_bit = std::uint64_t{1} << 61;
  static constexpr std::uint64_t open_bit = std::uint64_t{1} << 60;

  /// How often the slate was wiped. Whoever reads the slate of a worker that lives has what the progress word said
  /// if this number is the same before and after: until it changes, what counts is only added to.
  std::atomic<std::uint64_t> wipes;

  alignas(64) std::array<std::byte, slate_bytes> slate;
};

/// Stands before the results of one chunk, or of a stretch of it, in a results message and in the slate.
struct result_group {
  std::uint64_t chunk = 0;
  std::uint64_t busy_ns = 0;
  std::uint64_t size_bytes = 0; // of the results that follow
  std::uint32_t offset = 0;     // of the first result within the chunk
  std::uint32_t count = 0;
  std::uint64_t dense = 0; // 1: values of a fixed size, nothing between them
};

/// Stands before each result of a group that is not dense. Wire values: stable; never renumber.
enum class result_kind : std::uint8_t { value = 0, failure = 1 };

/// A type whose encoding always has its own size: it needs no length before it.
template <class T>
inline constexpr bool fixed_size = scalar<T>;

/// Results of this type may come dense. std::monostate stands for the result of a function without one.
template <class R>
inline constexpr bool may_be_dense = fixed_size<R> || std::is_void_v<R> || std::is_same_v<R, std::monostate>;

template <class R>
inline constexpr std::size_t plain_bytes = sizeof(R);
template <>
inline constexpr std::size_t plain_bytes<void> = 0;

/// Encodes with the length in front.
template <class Encode>
void put_sized(byte_writer& out, Encode&& encode_content) {
  const auto at = out.size();
  out.put(std::uint32_t{0});
  encode_content(out);
  out.overwrite(at, static_cast<std::uint32_t>(out.size() - at - sizeof(std::uint32_t)));
}

inline byte_reader take_sized(byte_reader& in) {
  const auto size = in.get<std::uint32_t>();
  return byte_reader{in.take(size)};
}

/// The run of one chunk in a worker, as the code of a task sees it.
///
/// Every result is written to the slate and counts from the moment the progress word says so; groups of
/// them are sent as the slate fills, as time passes, and when there is nothing left to do.
class task_run {
 public:
  using clock = std::chrono::steady_clock;
  using send_results = function_ref<void(function_ref<void(byte_writer&)>)>;

  task_run(worker_box& box, send_results send) : box_{box}, send_{send}, out_{box.slate} {}

  /// A chunk of `count` items begins. With `stream`, results do not wait for the end of the chunk; with
  /// `patient`, they may wait for those of later chunks, which spares the supervisor a wake.
  void begin_chunk(std::uint64_t chunk, std::uint32_t count, bool stream, bool patient);

  /// To the next item. False after the last. What the last item left in the slate counts from now on.
  bool next() {
    if (index_ == count_)
      return false;
    running_ = worker_box::running_bit;
    publish();
    return true;
  }

  /// The item's result.
  template <class R>
  void succeed(const R& value) {
    end_if_forked_copy();
    if constexpr (fixed_size<R>) {
      make_group(/*dense=*/true, sizeof(R));
      out_.put(value);
      added();
    } else {
      add([&value](byte_writer& out) {
        out.put(result_kind::value);
        put_sized(out, [&value](byte_writer& o) { encode(o, value); });
      });
    }
  }
  void succeed() {
    end_if_forked_copy();
    make_group(/*dense=*/true, 0);
    added();
  }

  /// Of the items that are left, how many results of this size fit in before others must go. 0: no item is
  /// left.
  std::size_t room_for(std::size_t result_bytes) {
    if (index_ == count_)
      return 0;
    make_group(/*dense=*/true, result_bytes);
    const std::size_t most = std::min(count_ - index_, most_in_group - in_group_);
    return result_bytes == 0 ? most : std::min(most, out_.room() / result_bytes);
  }

  /// The next `count` items, one `call` each. Does what `next` and `succeed` do for each of them, with what
  /// changes between two calls in registers. What a call throws is passed on: `fail` is next.
  /// REQUIRES: count <= room_for(size of R); results do not stream
  template <class R, class Call>
  void succeed_many(std::size_t count, Call&& call) {
    constexpr std::size_t result_bytes = plain_bytes<R>;
    constexpr std::uint64_t step = result_bytes + (std::uint64_t{1} << 40);
    running_ = worker_box::running_bit;
    auto word = progress_word();
    auto* to = out_.cursor();
    std::uint32_t done = 0;
    try {
      for (; done < count; ++done, word += step, to += result_bytes) {
        box_.progress.store(word, std::memory_order_release);
        if constexpr (std::is_void_v<R>) {
          call();
          end_if_forked_copy();
        } else {
          const R value = call();
          end_if_forked_copy();
          std::memcpy(to, &value, sizeof value);
        }
      }
    } catch (...) {
      added_many(done, result_bytes);
      throw;
    }
    added_many(done, result_bytes);
    running_ = 0;
  }

  bool streams() const { return stream_; }
  std::uint32_t index() const { return index_; }

  /// Inside a catch block: the item threw.
  void fail();

  void end_chunk();

  /// Sends what was not sent. After this the slate is empty.
  void flush();

  /// Sends when enough has gathered or waited long enough.
  void flush_if_due(clock::time_point now);

 private:
  template <class Put>
  void add(const Put& put) {
    make_group(/*dense=*/false, 0);
    const auto mark = out_.size();
    try {
      put(out_);
    } catch (const no_room&) {
      out_.rewind(mark);
      add_large(put);
      return;
    } catch (...) {
      out_.rewind(mark);
      throw;
    }
    added();
  }

  void added() {
    ++index_;
    ++in_group_;
    running_ = 0;
    if (stream_) {
      publish();
      flush_if_due(clock::now());
    }
  }

  /// The open group is of this kind and has room for so much afterwards.
  void make_group(bool dense, std::size_t room_bytes) {
    if (dense != dense_ || out_.room() < room_bytes || in_group_ == most_in_group) [[unlikely]]
      change_group(dense);
  }

  void added_many(std::uint32_t count, std::size_t result_bytes) {
    index_ += count;
    in_group_ += count;
    out_.advance(count * result_bytes);
  }

  std::uint64_t progress_word() const {
    const std::uint64_t group =
        group_open_ ? group_at_ << 20 | std::uint64_t{in_group_} << 40 | worker_box::open_bit : 0;
    return out_.size() | group | running_;
  }
  void publish() { box_.progress.store(progress_word(), std::memory_order_release); }

  void wipe();
  void open_group();
  void close_group();
  void change_group(bool dense);
  void add_large(function_ref<void(byte_writer&)> put);

  static constexpr std::uint32_t most_in_group = 1 << 16; // far from filling the progress word's field

  worker_box& box_;
  send_results send_;
  fixed_writer out_;
  std::size_t group_at_ = 0; // of the open group's header in the slate
  std::uint64_t chunk_ = 0;
  std::uint32_t count_ = 0; // items in the chunk
  std::uint32_t index_ = 0; // of the current item in the chunk
  std::uint32_t in_group_ = 0;
  std::uint64_t running_ = 0; // running_bit from the beginning of an item until its result is in the slate
  bool group_open_ = false;
  bool dense_ = true; // of the open group, or the next
  bool stream_ = false;
  bool patient_ = false;
  clock::time_point group_began_{};
  clock::time_point last_flush_{};
};

} // namespace troupe::detail
