// SPDX-License-Identifier: BSD-3-Clause
//
// High scores in four processes, which a thread kills at random: a tree of supervisors heals, and no score is lost.
//
//   arcade ─┬─ journal            a process of its own, writes scores to a file
//           └─ boards ─┬─ chess   processes of their own, which read the file when they start
//                      ├─ darts
//                      └─ go
// Teaches: who is supervised is made anew from the arguments of `add`, and references stay valid. What it had not
//   answered fails: ask again, and let a question that comes twice do no harm.
// New since pipeline: troupe::supervisor, child_spec, a supervisor below another, on_event.
// Expected output (a line for each event, such as this one, and then the last; the numbers vary):
//   supervisor arcade/boards: go ended: process 4711 killed by SIGKILL
//   25 killed, 25 restarted, 5 running; 11283 scores recorded, 0 lost

#include <troupe/troupe.hpp>

#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>
#include <set>

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

class journal : public troupe::actor {
 public:
  explicit journal(const std::string& file) : out_{file, std::ios::app} {}
  void write(const std::string& line) { out_ << line + '\n' << std::flush; }

 private:
  std::ofstream out_;
};

/// The best result in one game.
class board : public troupe::actor {
 public:
  board(std::string game, const std::string& file, troupe::actor_ref<journal> log)
      : game_{std::move(game)}, log_{std::move(log)} {
    std::ifstream in{file};
    std::string game_there;
    for (long points = 0; in >> game_there >> points;)
      best_ = std::max(best_, game_there == game_ ? points : 0);
  }
  troupe::task<void> record(long points) {
    co_await log_.ask<&journal::write>(game_ + ' ' + std::to_string(points));
    best_ = std::max(best_, points); // by now it is in the file
  }
  long best() const { return best_; }

 private:
  std::string game_;
  troupe::actor_ref<journal> log_; // whichever process that is in by now
  long best_ = 0;
};

/// Asks again when the actor ended before it had answered. The new question waits until there is another.
void record(const troupe::actor_ref<board>& game, long points) {
  for (const auto deadline = steady::now() + 10s;;) {
    try {
      return game.ask<&board::record>(points).get(10s);
    } catch (const troupe::actor_down&) {
      if (steady::now() > deadline)
        throw;
    }
  }
}

/// At random moments, also while others are being restarted; each process once.
void kill_processes(const troupe::supervisor& top, const troupe::supervisor& below, int times) {
  std::mt19937 random{std::random_device{}()};
  std::set<pid_t> spared{0, ::getpid()}; // 0: it is being restarted; the supervisors are in this process
  while (times > 0) {
    std::this_thread::sleep_for(1ms * (random() % 80));
    const auto children = (random() % 4 == 0 ? top : below).children();
    const pid_t pid = children[random() % children.size()].pid;
    times -= spared.insert(pid).second && ::kill(pid, SIGKILL) == 0;
  }
}

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  const std::string file = std::filesystem::temp_directory_path() / ("arcade." + std::to_string(::getpid()));
  troupe::supervisor top{rt, {.intensity = 1000, .name = "arcade"}};
  top.on_event([](const troupe::supervision_event& e) { std::printf("%s\n", to_string(e).c_str()); });
  const auto log = top.add<journal>({.id = "journal", .place = troupe::own_process}, file);
  auto below = top.add_supervisor({.id = "boards"}, {.intensity = 1000});
  std::vector<troupe::actor_ref<board>> boards;
  for (const char* game : {"chess", "darts", "go"})
    boards.push_back(below.add<board>({.id = game, .place = troupe::own_process}, game, file, log));

  constexpr std::size_t kills = 25;
  auto chaos = std::async(std::launch::async, [&] { kill_processes(top, below, kills); });
  long points = 0, lost = 0;
  for (; chaos.wait_for(0s) != std::future_status::ready; ++points)
    for (const auto& game : boards)
      record(game, points + 1);
  chaos.get();
  std::size_t restarts = 0, running = 0;
  for (const auto deadline = steady::now() + 10s; restarts < kills && steady::now() < deadline;) {
    restarts = running = 0;
    for (const auto* part : {&top, &below})
      for (const auto& child : part->children()) {
        restarts += child.restarts;
        running += child.state == troupe::child_state::running;
      }
  }
  for (const auto& game : boards)
    lost += points - game.ask<&board::best>().get(10s);
  top.stop();
  std::filesystem::remove(file);
  std::printf("%zu killed, %zu restarted, %zu running; %ld scores recorded, %ld lost\n", kills, restarts,
              running, 3 * points, lost);
  return restarts == kills && running == 5 && points > 0 && lost == 0 ? 0 : 1;
}
