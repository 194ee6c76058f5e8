// SPDX-License-Identifier: BSD-3-Clause
#include "actor/ask_table.hpp"

#include <utility>

namespace troupe::detail {

ask_number ask_table::add(std::shared_ptr<pending_reply> question, process_id asked, bool is_ask) {
  std::lock_guard lock{mutex_};
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const auto index = free_.back();
  free_.pop_back();
  auto& s = slots_[index];
  s.question = std::move(question);
  s.asked = asked;
  if (++s.generation == 0) // no number is 0, also after so many
    ++s.generation;
  return std::uint64_t{s.generation} << 32 | (is_ask ? ask_bit : 0) | index;
}

std::shared_ptr<pending_reply> ask_table::take(ask_number number) {
  const auto index = static_cast<std::uint32_t>(number & ~ask_bit);
  std::lock_guard lock{mutex_};
  if (index >= slots_.size() || slots_[index].generation != number >> 32)
    return nullptr;
  auto question = std::move(slots_[index].question);
  if (question)
    free_.push_back(index);
  return question;
}

template <class Condition>
std::vector<std::shared_ptr<pending_reply>> ask_table::take_if(Condition wanted) {
  std::vector<std::shared_ptr<pending_reply>> taken;
  std::lock_guard lock{mutex_};
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].question || !wanted(slots_[i]))
      continue;
    taken.push_back(std::move(slots_[i].question));
    free_.push_back(static_cast<std::uint32_t>(i));
  }
  return taken;
}

std::vector<std::shared_ptr<pending_reply>> ask_table::take_all_of(process_id asked) {
  return take_if([asked](const slot& s) { return s.asked == asked; });
}

std::vector<std::shared_ptr<pending_reply>> ask_table::take_all() {
  return take_if([](const slot&) { return true; });
}

std::size_t ask_table::size() const {
  std::lock_guard lock{mutex_};
  return slots_.size() - free_.size();
}

} // namespace troupe::detail
