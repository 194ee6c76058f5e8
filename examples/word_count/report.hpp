// SPDX-License-Identifier: BSD-3-Clause
//
// Prints the result of the job on standard output.

#pragma once

#include "job.hpp"

#include <optional>

namespace word_count {

struct report {
  const options& chosen;
  const file_tree& tree;
  const job_result& job;
  std::optional<bool> check; // counted again: the same result?
};

void print_text(const report& about);
void print_json(const report& about);

} // namespace word_count
