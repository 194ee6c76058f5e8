// SPDX-License-Identifier: BSD-3-Clause
#include "actor/job_memory.hpp"

#include <array>
#include <mutex>
#include <new>
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

/// Full magazines of one size, from threads that give back more than they take, to those that take more.
class depot {
 public:
  constexpr explicit depot(std::size_t block_bytes)
      : most_{static_cast<unsigned>(depot_bytes / block_bytes / magazine_length)} {}

  /// Empty when there is none.
  magazine take() {
    std::lock_guard lock{mutex_};
    if (!first_)
      return {};
    --count_;
    return {std::exchange(first_, first_->next_magazine), magazine_length};
  }
  /// False when there is no room.
  bool put(const magazine& full) {
    std::lock_guard lock{mutex_};
    if (count_ == most_)
      return false;
    ++count_;
    full.first->next_magazine = std::exchange(first_, full.first);
    return true;
  }

 private:
  std::mutex mutex_;
  block* first_ = nullptr;
  unsigned count_ = 0;
  const unsigned most_;
};

constinit std::array<depot, sizes> depots{depot{64}, depot{128}, depot{192}, depot{256}};

/// What a thread keeps of one size: two magazines, so that one job more and one less costs no way to the depot.
struct stock {
  magazine current;
  magazine spare;
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
    for (auto& s : mine.stocks) {
      s.current.free_all();
      s.spare.free_all();
    }
  }
};

void open() {
  static thread_local const emptier at_end_of_thread;
  static_cast<void>(at_end_of_thread);
  mine.now = phase::open;
}

// A thread that has begun to end keeps nothing: nobody would free it.
bool ready() {
  if (mine.now == phase::unused) [[unlikely]]
    open();
  return mine.now == phase::open;
}

std::size_t size_index(std::size_t size_bytes) { return (size_bytes - 1) / step_bytes; }

bool refill(std::size_t size) {
  auto& s = mine.stocks[size];
  if (s.spare.empty() && ready())
    s.spare = depots[size].take();
  std::swap(s.current, s.spare);
  return !s.current.empty();
}

void make_room(std::size_t size) {
  auto& s = mine.stocks[size];
  if (s.spare.full() && !depots[size].put(s.spare))
    s.spare.free_all();
  s.spare = std::exchange(s.current, {});
}

} // namespace

void* take(std::size_t size_bytes) {
  if (!keeps || size_bytes > most_bytes)
    return ::operator new(size_bytes);
  const auto size = size_index(size_bytes);
  auto& current = mine.stocks[size].current;
  if (current.empty() && !refill(size))
    return ::operator new((size + 1) * step_bytes);
  return current.take();
}

void give_back(void* memory, std::size_t size_bytes) noexcept {
  if (!keeps || size_bytes > most_bytes || !ready()) {
    ::operator delete(memory);
    return;
  }
  const auto size = size_index(size_bytes);
  auto& current = mine.stocks[size].current;
  if (current.full())
    make_room(size);
  current.put(memory);
}

} // namespace troupe::detail::job_memory
