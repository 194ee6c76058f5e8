// SPDX-License-Identifier: BSD-3-Clause
//
// How often each word was seen. Workers fill one per task, the supervisor one for the whole job.

#pragma once

#include "counter.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace word_count {

struct word_frequency {
  std::string word;
  std::uint64_t count;
};

// A hash table with open addressing over words that lie in one block of memory. With a
// std::unordered_map<std::string, ...>, the supervisor took three times as long to add up what the
// workers found, and with more than a few workers they would have had to wait for it.
class word_map {
 public:
  /// The count of a word, 0 if it is new. Valid until the next call.
  [[nodiscard]] std::uint64_t& count_of(std::string_view word);
  void add(const packed_words& words);
  [[nodiscard]] packed_words pack() const;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// The most frequent words first; of equally frequent ones, in the order of the alphabet.
  [[nodiscard]] std::vector<word_frequency> most_frequent(std::size_t how_many) const;
  /// Equal when the same words were seen equally often, in whatever order.
  friend bool operator==(const word_map& a, const word_map& b);

 private:
  struct entry {
    std::size_t offset; // of the word in letters_
    std::uint32_t length;
    std::uint64_t count;
  };
  struct slot {
    std::uint32_t hash = 0;
    std::uint32_t entry = 0; // its index + 1; 0: the slot is free
  };
  [[nodiscard]] std::string_view word_of(const entry& known) const;
  [[nodiscard]] std::vector<entry> sorted() const;
  void grow();

  std::string letters_;
  std::vector<entry> entries_;    // in the order in which the words were first seen
  std::vector<slot> slots_{1024}; // a power of two, at most half of them taken
};

} // namespace word_count
