// SPDX-License-Identifier: BSD-3-Clause

#include "word_map.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace word_count {

std::string_view word_map::word_of(const entry& known) const {
  return std::string_view{letters_}.substr(known.offset, known.length);
}

std::uint64_t& word_map::count_of(std::string_view word) {
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(word));
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at].entry != 0; at = (at + 1) & mask) {
    if (slots_[at].hash != hash)
      continue;
    entry& known = entries_[slots_[at].entry - 1];
    if (word_of(known) == word)
      return known.count;
  }
  entries_.push_back({letters_.size(), static_cast<std::uint32_t>(word.size()), 0});
  letters_ += word;
  slots_[at] = {hash, static_cast<std::uint32_t>(entries_.size())};
  if (2 * entries_.size() > slots_.size())
    grow();
  return entries_.back().count;
}

void word_map::grow() {
  const std::vector<slot> before = std::exchange(slots_, std::vector<slot>(2 * slots_.size()));
  const std::size_t mask = slots_.size() - 1;
  for (const slot& taken : before) {
    if (taken.entry == 0)
      continue;
    std::size_t at = taken.hash & mask;
    while (slots_[at].entry != 0)
      at = (at + 1) & mask;
    slots_[at] = taken;
  }
}

void word_map::add(const packed_words& words) {
  std::string_view letters = words.letters;
  for (std::size_t i = 0; i < words.counts.size(); ++i) {
    count_of(letters.substr(0, words.lengths[i])) += words.counts[i];
    letters.remove_prefix(words.lengths[i]);
  }
}

packed_words word_map::pack() const {
  packed_words packed{.letters = letters_, .lengths = {}, .counts = {}};
  packed.lengths.reserve(entries_.size());
  packed.counts.reserve(entries_.size());
  for (const entry& known : entries_) {
    packed.lengths.push_back(known.length);
    packed.counts.push_back(known.count);
  }
  return packed;
}

std::vector<word_frequency> word_map::most_frequent(std::size_t how_many) const {
  std::vector<entry> all = entries_;
  how_many = std::min(how_many, all.size());
  const auto more_frequent = [this](const entry& a, const entry& b) {
    return a.count != b.count ? a.count > b.count : word_of(a) < word_of(b);
  };
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(how_many), all.end(),
                    more_frequent);
  std::vector<word_frequency> first;
  for (std::size_t i = 0; i < how_many; ++i)
    first.push_back({std::string{word_of(all[i])}, all[i].count});
  return first;
}

std::vector<word_map::entry> word_map::sorted() const {
  std::vector<entry> all = entries_;
  std::ranges::sort(all, {}, [this](const entry& known) { return word_of(known); });
  return all;
}

bool operator==(const word_map& a, const word_map& b) {
  return std::ranges::equal(a.sorted(), b.sorted(), [&](const auto& x, const auto& y) {
    return x.count == y.count && a.word_of(x) == b.word_of(y);
  });
}

} // namespace word_count
