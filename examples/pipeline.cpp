// SPDX-License-Identifier: BSD-3-Clause
//
// A pipeline in three processes counts words; its slow last stage holds the first one back.
//
// Teaches: with overflow_policy::block a full mailbox makes senders wait, stage by stage back to the source.
//   What is between two processes, up to 256 KiB, comes on top of the capacity.
// New since dining_philosophers: mailbox_options, a stage that sends to the next, an actor that tells itself.
// Expected output of pipeline [DIRECTORY] (the times vary):
//   room for 16: sending took 97 % of the time, a line was on its way for 161 ms at most
//   room for 1000000: sending took 4 % of the time, a line was on its way for 1310 ms at most
//   239740 words both times

#include <troupe/troupe.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using ms = std::chrono::duration<double, std::milli>;
double now_ms() { return ms{std::chrono::steady_clock::now().time_since_epoch()}.count(); } // in any process

struct report {
  long words = 0;
  double longest_way_ms = 0;
  double share_of_source = 0;
};

class counter : public troupe::actor {
 public:
  void add(const std::vector<std::string>& words, double sent_at_ms) {
    const double begun = now_ms();
    report_.words += static_cast<long>(words.size());
    report_.longest_way_ms = std::max(report_.longest_way_ms, begun - sent_at_ms);
    while (now_ms() < begun + 0.02)
      continue; // stands for work: it takes longer than that of the other stages
  }
  report result() const { return report_; }

 private:
  report report_;
};

class splitter : public troupe::actor {
 public:
  explicit splitter(troupe::actor_ref<counter> next) : next_{std::move(next)} {}

  void split(const std::string& line, double sent_at_ms) {
    std::istringstream text{line};
    std::vector<std::string> words{std::istream_iterator<std::string>{text}, {}};
    next_.tell<&counter::add>(std::move(words), sent_at_ms); // waits while the counter's mailbox is full
  }
  troupe::task<report> result() { co_return co_await next_.ask<&counter::result>(); }

 private:
  troupe::actor_ref<counter> next_;
};

/// Sends a line and tells itself to go on: in one long loop it would not hear that mailboxes are full.
class source : public troupe::actor {
 public:
  source(std::vector<std::string> lines, troupe::actor_ref<splitter> next)
      : lines_{std::move(lines)}, next_{std::move(next)} {}

  troupe::promise<report> send_all() {
    self().tell<&source::send_next>();
    return done_;
  }
  troupe::task<void> send_next() {
    if (sent_ < 5 * lines_.size()) {
      next_.tell<&splitter::split>(lines_[sent_++ % lines_.size()], now_ms()); // this waits
      self().tell<&source::send_next>();
      co_return;
    }
    const double sending = now_ms() - start_;
    report all = co_await next_.ask<&splitter::result>(); // behind the lines: one sender, one order
    all.share_of_source = sending / (now_ms() - start_);
    done_.set(all);
  }

 private:
  std::vector<std::string> lines_;
  troupe::actor_ref<splitter> next_;
  std::size_t sent_ = 0;
  double start_ = now_ms();
  troupe::promise<report> done_;
};

report run(troupe::runtime& rt, const std::vector<std::string>& lines, std::size_t room) {
  const troupe::mailbox_options bound{.capacity = room, .overflow = troupe::overflow_policy::block};
  const auto third = rt.spawn<counter>({.place = troupe::own_process, .mailbox = bound});
  const auto second = rt.spawn<splitter>({.place = troupe::own_process, .mailbox = bound}, third);
  const auto first = rt.spawn<source>({.place = troupe::own_process}, lines, second);
  const report all = first.ask<&source::send_all>().get();
  std::printf("room for %zu: sending took %.0f %% of the time, a line was on its way for %.0f ms at most\n",
              room, 100 * all.share_of_source, all.longest_way_ms);
  return all;
}

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  const char* directory = argc > 1 ? argv[1] : "/usr/share/common-licenses";
  std::vector<std::string> lines;
  for (const auto& file : std::filesystem::directory_iterator{directory}) {
    std::ifstream text{file.path()};
    for (std::string line; std::getline(text, line);)
      lines.push_back(line);
  }
  const report little = run(rt, lines, 16);
  const report much = run(rt, lines, 1'000'000);
  std::printf("%ld words both times\n", little.words);
  const bool right = little.words == much.words && little.longest_way_ms < much.longest_way_ms;
  return right && little.words > 0 && little.share_of_source > much.share_of_source ? 0 : 1;
}
