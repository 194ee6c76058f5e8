// SPDX-License-Identifier: BSD-3-Clause
#include "actor/trace_file.hpp"

#include "process/trace_page.hpp"

#include <troupe/exceptions.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace troupe::detail {

namespace {

[[noreturn]] void fail(const std::string& path) {
  throw usage_error("cannot write the trace file " + path + ": " + std::strerror(errno));
}

bool is_whole(const std::string& line) { return line.starts_with('{') && line.ends_with("},"); }

} // namespace

trace_file::trace_file(const std::string& path) : path_{std::filesystem::absolute(path).string()} {
  if (path_.size() > trace_page::longest_path)
    throw usage_error("the path of the trace file is too long: " + path_);
  std::ofstream file{path_, std::ios::trunc};
  if (!(file << "[\n" << std::flush))
    fail(path_);
}

void trace_file::complete() const {
  const auto made = path_ + ".part";
  std::ifstream lines{path_};
  std::ofstream out{made, std::ios::trunc};
  out << '[';
  const char* separator = "\n";
  for (std::string line; std::getline(lines, line);) {
    if (!is_whole(line))
      continue;
    line.pop_back(); // the comma
    out << separator << line;
    separator = ",\n";
  }
  out << "\n]\n" << std::flush;
  std::error_code failed;
  if (out)
    std::filesystem::rename(made, path_, failed);
  if (!out || failed)
    fail(path_);
}

} // namespace troupe::detail
