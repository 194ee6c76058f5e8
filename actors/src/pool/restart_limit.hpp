// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace troupe::detail {

/// Says when a crew is in a crash loop: more than `most_in_a_row` workers died before they were ready, and none
/// became ready in between. Counted and not timed: an initializer may take minutes to crash, and a quick
/// one that is killed from outside now and then is no loop. Deaths of workers that had been ready do not count:
/// they cost their tasks, of which there is an end.
class restart_limit {
 public:
  /// A worker died before it was ready. True when it is one too many.
  bool exceeded() { return ++in_a_row_ > most_in_a_row; }
  void became_ready() { in_a_row_ = 0; }

 private:
  static constexpr int most_in_a_row = 5;
  int in_a_row_ = 0;
};

} // namespace troupe::detail
