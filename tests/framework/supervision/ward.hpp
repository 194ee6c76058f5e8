// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <troupe/supervisor.hpp>
#include <troupe/test.hpp>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace test_support {

/// One way for an actor to end.
struct kind_of_end {
  const char* name;
  bool abnormal;
  troupe::placement place;
};
inline constexpr kind_of_end all_ends[] = {
    {"normal", false, troupe::this_process},     {"stopped", false, troupe::own_process},
    {"exception", true, troupe::this_process},   {"killed", true, troupe::own_process},
    {"hung", true, troupe::own_process},         {"exited", true, troupe::own_process},
    {"thrown apart", true, troupe::own_process},
};

/// What happened to the children of a ward. A stage's processes share the memory of the test.
struct ward_record {
  std::map<std::string, int> births;
  std::map<std::string, int> starts_to_fail;
  std::string log; // "+a" for each start, "-a" for each end in order
  void note(char what, const std::string& id) { log += (log.empty() ? "" : " ") + std::string(1, what) + id; }
};
inline ward_record* the_record = nullptr;

class inmate final : public troupe::actor {
 public:
  explicit inmate(std::string id) : id_{std::move(id)} {
    ++the_record->births[id_];
    if (the_record->starts_to_fail[id_] > 0) {
      --the_record->starts_to_fail[id_];
      throw std::runtime_error{"not now"};
    }
    the_record->note('+', id_);
  }
  std::string id() const { return id_; }
  void finish() { stop({}); }
  void fail() { throw std::runtime_error{"ill"}; }

 private:
  void on_stop(const troupe::exit_reason&) override { the_record->note('-', id_); }
  std::string id_;
};

/// A supervisor on a stage, and children that can be made to end in every way.
class ward {
 public:
  ward(troupe::test::stage& s, troupe::supervisor_options options) : stage_{s} {
    the_record = &record_;
    options.log = false; // thousands of them
    supervisor_.emplace(s, std::move(options));
  }
  ~ward() { supervisor_.reset(); }
  ward(const ward&) = delete;
  ward& operator=(const ward&) = delete;

  void admit(const troupe::child_spec& spec) { children_[spec.id] = supervisor_->add<inmate>(spec, spec.id); }
  void admit_below(const troupe::child_spec& below, troupe::supervisor_options options,
                   const troupe::child_spec& spec) {
    below_.emplace(supervisor_->add_supervisor(below, std::move(options)));
    children_[spec.id] = below_->add<inmate>(spec, spec.id);
  }

  /// Returns when the supervisor has done what it does about it, but for what waits for time to pass.
  void finish(const std::string& id, const kind_of_end& how) {
    const auto& child = children_.at(id);
    const std::string name = how.name;
    if (name == "normal")
      child.tell<&inmate::finish>();
    else if (name == "stopped")
      child.stop();
    else if (name == "killed")
      stage_.kill(child);
    else if (name == "hung")
      stage_.hang(child);
    else if (name == "exited")
      stage_.exit(child, 0);
    else
      child.tell<&inmate::fail>();
    stage_.run_until_idle();
  }

  void let_starts_fail(const std::string& id, int times) { record_.starts_to_fail[id] = times; }
  void forget_log() { record_.log.clear(); }
  const std::string& log() const { return record_.log; }
  int births(const std::string& id) { return record_.births[id]; }
  troupe::supervisor& supervisor() { return *supervisor_; }

  /// "running", "restarting", "ended", "forgotten".
  std::string state_of(const std::string& id) {
    for (const auto& child : supervisor_->children())
      if (child.id == id)
        return child.state == troupe::child_state::running      ? "running"
               : child.state == troupe::child_state::restarting ? "restarting"
                                                                : "ended";
    return "forgotten";
  }
  /// Whether it is there: at once, or with actor_down.
  bool answers(const std::string& id) {
    try {
      return children_.at(id).ask<&inmate::id>().get(std::chrono::seconds{1}) == id;
    } catch (const troupe::actor_down&) {
      return false;
    }
  }

 private:
  troupe::test::stage& stage_;
  ward_record record_;
  std::optional<troupe::supervisor> supervisor_;
  std::optional<troupe::supervisor> below_;
  std::map<std::string, troupe::actor_ref<inmate>> children_;
};

} // namespace test_support
