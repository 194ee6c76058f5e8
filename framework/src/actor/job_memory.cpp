// SPDX-License-Identifier: BSD-3-Clause
#include "actor/job_memory.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <new>
#include <type_traits>
#include <utility>

namespace troupe::detail::job_memory {

namespace {

constexpr std::size_t step_bytes = 64;
constexpr std::size_t most_bytes = 256;
constexpr std::size_t sizes = most_bytes / step_bytes;
constexpr unsigned magazine_length = 128;                 // jobs of a turn
constexpr std::size_t depot_bytes = std::size_t{1} << 20; // of each size

struct block {
  block* next;
  block* next_magazine; // of the first block of a magazine in the depot
};

/// Blocks of one size. Plain: thread-local ones are used when the thread's objects are gone.
struct magazine {
  block* first;
  unsigned length;

  bool empty() const { return !first; }
  bool full() const { return length == magazine_length; }
  void* take() {
    auto* b = std::exchange(first, first->next);
    --length;
    return b;
  }
  void put(void* memory) {
    first = ::new (memory) block{first, nullptr};
    ++length;
  }
  void free_all() {
    while (!empty())
      ::operator delete(take());
  }
};

/// Full magazines of one size, from threads that give back more than they take, to those that take more. In a
/// cache line of its own.
class alignas(64) depot {
 public:
  constexpr explicit depot(std::size_t block_bytes)
      : most_{static_cast<unsigned>(depot_bytes / block_bytes / magazine_length)} {}

  /// Empty when there is none.
  magazine take() {
    if (count_.load(std::memory_order_relaxed) == 0) // no lock for those that find nothing for each job
      return {};
    std::lock_guard lock{mutex_};
    if (!first_)
      return {};
    count_.fetch_sub(1, std::memory_order_relaxed);
    return {std::exchange(first_, first_->next_magazine), magazine_length};
  }
  /// False when there is no room.
  bool put(const magazine& full) {
    std::lock_guard lock{mutex_};
    if (count_.load(std::memory_order_relaxed) == most_)
      return false;
    count_.fetch_add(1, std::memory_order_relaxed);
    full.first->next_magazine = std::exchange(first_, full.first);
    return true;
  }

 private:
  std::mutex mutex_; // guards what follows
  block* first_ = nullptr;
  std::atomic<unsigned> count_{0}; // looked at without the lock
  const unsigned most_;
};

// Used by jobs that go after everything static.
static_assert(std::is_trivially_destructible_v<depot>);
constinit std::array<depot, sizes> depots{depot{64}, depot{128}, depot{192}, depot{256}};

/// What a thread keeps of one size: two magazines, so that one job more and one less costs no way to the depot.
struct stock {
  magazine current;
  magazine spare; // full or empty
};

enum class phase { unused, open, over }; // over: the thread ends

// Without a destructor: jobs of a runtime in a static variable get here after the thread's objects are gone.
struct cache {
  std::array<stock, sizes> stocks;
  phase now;
};
constinit thread_local cache mine{};

// AddressSanitizer is to see every job come and go.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool keeps = false;
#else
constexpr bool keeps = true;
#endif

struct emptier {
  ~emptier() {
    mine.now = phase::over;
    for (std::size_t index = 0; index < sizes; ++index) {
      auto& s = mine.stocks[index];
      if (s.spare.full() && depots[index].put(s.spare))
        s.spare = {};
      s.spare.free_all();
      s.current.free_all();
    }
  }
};

void open() {
  static thread_local const emptier at_end_of_thread;
  static_cast<void>(at_end_of_thread);
  mine.now = phase::open;
}

// A thread that has begun to end keeps nothing: nobody would free it.
bool may_keep() {
  if (mine.now == phase::unused) [[unlikely]]
    open();
  return mine.now == phase::open;
}

std::size_t size_index(std::size_t size_bytes) { return (size_bytes - 1) / step_bytes; }

// False: there is none to be had.
bool refill(std::size_t index) {
  auto& s = mine.stocks[index];
  if (s.spare.empty() && may_keep())
    s.spare = depots[index].take();
  std::swap(s.current, s.spare);
  return !s.current.empty();
}

void make_room(std::size_t index) {
  auto& s = mine.stocks[index];
  if (s.spare.full() && !depots[index].put(s.spare))
    s.spare.free_all();
  s.spare = std::exchange(s.current, {});
}

} // namespace

void* take(std::size_t size_bytes) {
  if (!keeps || size_bytes > most_bytes)
    return ::operator new(size_bytes);
  const auto index = size_index(size_bytes);
  auto& current = mine.stocks[index].current;
  if (current.empty() && !refill(index))
    return ::operator new((index + 1) * step_bytes);
  return current.take();
}

void give_back(void* memory, std::size_t size_bytes) noexcept {
  if (!keeps || size_bytes > most_bytes || !may_keep()) {
    ::operator delete(memory);
    return;
  }
  const auto index = size_index(size_bytes);
  auto& current = mine.stocks[index].current;
  if (current.full())
    make_room(index);
  current.put(memory);
}

} // namespace troupe::detail::job_memory
