// SPDX-License-Identifier: BSD-3-Clause
// No wake-up is lost, whoever waits, polls, completes or leaves at whatever moment.
#include "actor/polling_duty.hpp"

#include "framework/link/link_pair.hpp"
#include "support/repeat.hpp"
#include "support/within.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <deque>
#include <functional>
#include <thread>

using namespace troupe::detail;
using namespace test_support;
using namespace std::chrono_literals;

namespace {

constexpr auto far_too_long = 20s;

void pause_up_to(random_source& random, int longest_us) {
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::microseconds{random_below(random, longest_us)};
  while (std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
}

/// What a scheduler thread may run: completions of those who wait.
class job_queue final : public ready_actors {
 public:
  void add(std::function<void()> job) {
    std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
    count_.store(jobs_.size());
  }
  bool run_local() override { return false; }
  bool has_ready() const override { return count_.load() != 0; }
  bool run_one() override {
    std::function<void()> job;
    {
      std::lock_guard lock{mutex_};
      if (jobs_.empty())
        return false;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      count_.store(jobs_.size());
    }
    job();
    return true;
  }

 private:
  std::mutex mutex_; // guards jobs_
  std::deque<std::function<void()>> jobs_;
  std::atomic<std::size_t> count_{0};
};

/// Another process, as a thread: answers every message after a while.
class echoing_peer {
 public:
  echoing_peer(link_pair& pair, random_source& random)
      : pair_{pair}, random_{random()}, thread_{[this] { run(); }} {}
  ~echoing_peer() {
    stop_.store(true);
    pair_.child_bell.ring();
    thread_.join();
  }

 private:
  void run() {
    auto& bell = pair_.child_bell;
    while (!stop_.load()) {
      if (answer())
        continue;
      const auto seen = bell.announce_sleep(doorbell::scheduler_seat);
      if (!pair_.child.has_input() && !stop_.load())
        bell.sleep(doorbell::scheduler_seat, seen, no_deadline);
      bell.stay_awake();
    }
  }
  bool answer() {
    return pair_.child.drain(16, [this](actor_number target, std::uint32_t tag, payload&&) {
      pause_up_to(random_, 60);
      pair_.child.send(target, tag, [](byte_writer&) {});
      pair_.child.ring_peer();
    }) != 0;
  }

  link_pair& pair_;
  random_source random_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

/// A process with its threads: a link to a peer, scheduler threads, and whoever waits.
class process_model final : public link_events {
 public:
  static constexpr std::size_t waiters = 3;

  process_model(random_source& random, std::size_t schedulers, std::chrono::microseconds spin)
      : duty_{pair_.parent_bell,
              shared_.page().roster[0],
              links_,
              *this,
              jobs_,
              spin_meter{spin, shared_.page()}},
        peer_{pair_, random} {
    shared_.page().cpus = 2;
    links_.add(1, {std::shared_ptr<void>{}, &pair_.parent});
    for (std::size_t i = 0; i < schedulers; ++i)
      schedulers_.emplace_back([this] { duty_.run_scheduler(stop_); });
  }
  ~process_model() override {
    stop_.store(true);
    duty_.wake_all_schedulers();
    for (auto& s : schedulers_)
      s.join();
  }

  /// One wait of one thread, completed in one of the ways there are.
  bool wait_once(std::size_t who, random_source& random) {
    done_[who].store(false);
    switch (random_below(random, 3)) {
      case 0:
        send(who);
        break;
      case 1:
        jobs_.add([this, who] { complete(who); });
        duty_.wake_scheduler();
        break;
      default:
        return wait_for_thread(who, random);
    }
    return wait(who, random);
  }

  void send(std::size_t who) {
    pair_.parent.send(static_cast<actor_number>(who), 0, [](byte_writer&) {});
    pair_.parent.ring_peer();
  }

  /// Waits, as for room on a link, for what never comes.
  void wait_in_vain(steady_time deadline) {
    duty_.drive_while([] { return true; }, deadline);
  }

  int unasked() const { return unasked_.load(); }

  void on_message(process_id, actor_number target, std::uint32_t, payload&&) override {
    if (target < waiters)
      complete(static_cast<std::size_t>(target));
    else
      ++unasked_;
  }
  void on_peer_ended(process_id) override {}
  void on_link_broken(process_id, const std::string& reason) override { FAIL(reason); }

 private:
  void complete(std::size_t who) {
    done_[who].store(true, std::memory_order_seq_cst);
    duty_.notify(&done_[who]);
  }
  bool wait_for_thread(std::size_t who, random_source& random) {
    std::thread other{[this, who, seed = random()] {
      random_source own{seed};
      pause_up_to(own, 60);
      complete(who);
    }};
    const bool in_time = wait(who, random);
    other.join();
    return in_time;
  }
  // Now and then it gives up early and comes back.
  bool wait(std::size_t who, random_source& random) {
    const auto done = [this, who] { return done_[who].load(std::memory_order_acquire); };
    if (random_below(random, 4) == 0) {
      const auto soon = std::chrono::microseconds{random_below(random, 80)};
      duty_.wait(&done_[who], done, std::chrono::steady_clock::now() + soon);
    }
    return duty_.wait(&done_[who], done, std::chrono::steady_clock::now() + far_too_long);
  }

  session shared_ = session::create();
  link_pair pair_;
  link_table links_;
  job_queue jobs_;
  std::array<std::atomic<bool>, waiters> done_{};
  std::atomic<int> unasked_{0};
  polling_duty duty_;
  echoing_peer peer_;
  std::atomic<bool> stop_{false};
  std::vector<std::thread> schedulers_;
};

void everybody_waits(process_model& model, random_source& random, std::size_t waiters, int times) {
  std::atomic<int> lost{0};
  std::vector<std::thread> threads;
  for (std::size_t who = 0; who < waiters; ++who)
    threads.emplace_back([&, who, seed = random()] {
      random_source own{seed};
      for (int i = 0; i < times && lost == 0; ++i) {
        lost += !model.wait_once(who, own);
        if (random_below(own, 8) == 0)
          pause_up_to(own, 150); // long enough for others to park
      }
    });
  for (auto& t : threads)
    t.join();
  CHECK(lost == 0);
}

} // namespace

TEST_CASE("every wait ends, whoever completes it and however many wait and poll") {
  repeat(24, [](random_source& random) {
    const auto spin = std::chrono::microseconds{random_below(random, 2) * 50};
    const auto schedulers = static_cast<std::size_t>(1 + random_below(random, 2));
    const auto waiters = static_cast<std::size_t>(1 + random_below(random, process_model::waiters));
    CAPTURE(spin.count(), schedulers, waiters);
    within(60s, [&] {
      process_model model{random, schedulers, spin};
      everybody_waits(model, random, waiters, 300);
    });
  });
}

TEST_CASE("what arrives while nobody waits is delivered by a scheduler thread") {
  repeat(24, [](random_source& random) {
    within(60s, [&] {
      const auto schedulers = static_cast<std::size_t>(1 + random_below(random, 2));
      process_model model{random, schedulers, std::chrono::microseconds{random_below(random, 2) * 50}};
      for (int sent = 1; sent <= 100; ++sent) {
        if (random_below(random, 2) == 0)
          CHECK(model.wait_once(0, random)); // a driver comes and leaves before
        if (random_below(random, 2) == 0)
          pause_up_to(random, 400); // long enough for a scheduler thread to give up lingering
        model.send(process_model::waiters);
        if (random_below(random, 2) == 0)
          CHECK(model.wait_once(0, random)); // or goes on waiting when it arrives
        CHECK(eventually(far_too_long, [&] { return model.unasked() == sent; }));
      }
    });
  });
}

TEST_CASE("a wait for room on a link ends at its deadline, though nobody ever rings") {
  repeat(24, [](random_source& random) {
    const auto schedulers = static_cast<std::size_t>(random_below(random, 3));
    const auto spin = std::chrono::microseconds{random_below(random, 2) * 50};
    CAPTURE(spin.count(), schedulers);
    within(60s, [&] {
      process_model model{random, schedulers, spin};
      const auto deadline =
          std::chrono::steady_clock::now() + std::chrono::milliseconds{random_below(random, 10)};
      model.wait_in_vain(deadline);
      CHECK(std::chrono::steady_clock::now() >= deadline);
    });
  });
}
