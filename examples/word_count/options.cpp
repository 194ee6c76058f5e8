// SPDX-License-Identifier: BSD-3-Clause

#include "options.hpp"

#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace word_count {
namespace {

constexpr const char* help_text =
    "usage: word_count [options] [DIRECTORY]\n"
    "\n"
    "Counts the identifiers ([A-Za-z_][A-Za-z0-9_]*) in all files below DIRECTORY (default\n"
    "/usr/include) in several worker processes. Symbolic links are not followed; binary and\n"
    "unreadable files are reported and skipped.\n"
    "\n"
    "  --workers N   use N worker processes (1 to 1024; default: one per cpu)\n"
    "  --json        print one JSON object on standard output, and nothing else there\n"
    "  --check       count again in one process and compare everything; exit code 1 if it differs\n"
    "  --chaos MS    while counting, kill a random worker every MS milliseconds (1 to 60000)\n"
    "  --help        print this text\n";

early_exit bad_usage(const std::string& what) {
  return {"word_count: " + what + "\nTry 'word_count --help'.\n", 2};
}

std::optional<unsigned> number_between(unsigned low, unsigned high, std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || number < low || number > high)
    return std::nullopt;
  return number;
}

std::optional<early_exit> refuse_directory(const std::string& directory) {
  std::error_code error;
  const auto status = std::filesystem::status(directory, error);
  if (status.type() == std::filesystem::file_type::not_found)
    return bad_usage("directory '" + directory + "' does not exist; name one that does");
  if (error)
    return bad_usage("cannot look at directory '" + directory + "': " + error.message() +
                     "; name one that you may read");
  if (status.type() != std::filesystem::file_type::directory)
    return bad_usage("'" + directory + "' is not a directory; name the directory that holds it");
  const std::filesystem::directory_iterator listed{directory, error};
  if (error)
    return bad_usage("cannot read directory '" + directory + "': " + error.message() +
                     "; name one that you may read");
  return std::nullopt;
}

} // namespace

std::variant<options, early_exit> parse_options(int argc, char** argv) {
  options chosen;
  bool directory_given = false;
  bool options_ended = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool is_option = !options_ended && argument.size() > 1 && argument[0] == '-';
    if (!is_option) {
      if (directory_given)
        return bad_usage("more than one directory given ('" + chosen.directory + "' and '" + argv[i] +
                         "'); name only one");
      chosen.directory = argument;
      directory_given = true;
    } else if (argument == "--") {
      options_ended = true;
    } else if (argument == "--help") {
      return early_exit{help_text, 0};
    } else if (argument == "--json") {
      chosen.json = true;
    } else if (argument == "--check") {
      chosen.check = true;
    } else if (argument == "--workers" || argument == "--chaos") {
      const bool workers = argument == "--workers";
      const char* wanted = workers ? "a number from 1 to 1024" : "milliseconds from 1 to 60000";
      const char* text = i + 1 < argc ? argv[++i] : "";
      const auto number = number_between(1, workers ? 1024 : 60000, text);
      if (!number)
        return bad_usage(std::string{argument} + " needs " + wanted + ", not '" + text + "'");
      if (workers)
        chosen.workers = *number;
      else
        chosen.chaos = std::chrono::milliseconds{*number};
    } else {
      return bad_usage("unknown option '" + std::string{argument} +
                       "'; if it is a directory, put -- before it");
    }
  }
  if (auto refusal = refuse_directory(chosen.directory))
    return *refusal;
  return chosen;
}

} // namespace word_count
