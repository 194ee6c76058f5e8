// SPDX-License-Identifier: BSD-3-Clause
//   supervisor ──trace_end──▶ each child
//   supervisor ◀──answer───── when all it had recorded is in the file
#include "runtime/trace_switch.hpp"

#include "actor/message_trace.hpp"

#include <troupe/detail/actor_system.hpp>
#include <troupe/exceptions.hpp>

#include <cstdlib>
#include <iostream>
#include <utility>
#include <vector>

namespace troupe::detail {

namespace {

constexpr std::chrono::seconds longest_collection{1};
constexpr std::chrono::milliseconds patience_with_handlers{20};

} // namespace

trace_switch::trace_switch(node::state& here) : here_{here} {
  const char* file = std::getenv("TROUPE_TRACE");
  if (!file || !*file)
    return;
  try {
    start(file);
  } catch (const std::exception& e) {
    std::cerr << "troupe: TROUPE_TRACE: " << e.what() << '\n';
  }
}

void trace_switch::start(const std::string& path) {
  std::lock_guard lock{mutex_};
  if (file_)
    throw usage_error("a trace is running already, into " + file_->path());
  file_.emplace(path);
  here_.shared.page().trace.begin(file_->path());
}

void trace_switch::stop() {
  std::lock_guard lock{mutex_};
  if (!file_)
    return;
  const auto file = *std::exchange(file_, std::nullopt);
  auto& page = here_.shared.page().trace;
  page.end();
  collect();
  here_.system->trace()->flush(patience_with_handlers);
  page.close();
  file.complete();
}

void trace_switch::stop_at_end() noexcept {
  try {
    stop();
  } catch (const std::exception& e) {
    std::cerr << "troupe: " << e.what() << '\n';
  }
}

// A child that does not answer loses what it has not written.
void trace_switch::collect() {
  auto& system = *here_.system;
  std::vector<std::pair<std::shared_ptr<pending_value<void>>, ask_number>> answers;
  for (const auto& child : here_.watch->children()) {
    const auto to = system.peer(child->id());
    if (child->ended() || !to->way())
      continue;
    auto answer = std::make_shared<pending_value<void>>(here_.system);
    const auto question = system.expect(answer, child->id());
    to->way().write(static_cast<std::uint32_t>(actor_tag::trace_end),
                    [&](byte_writer& w) { w.put(question); });
    system.check_alive(*to);
    answers.emplace_back(std::move(answer), question);
  }
  const auto deadline = deadline_after(longest_collection);
  for (const auto& [answer, question] : answers)
    if (!answer->wait(deadline))
      system.forget(question);
}

} // namespace troupe::detail
