// SPDX-License-Identifier: BSD-3-Clause
//
// A chat room: its members, each in a process of its own, find it by name; one is killed, and the others are told.
//
// Teaches: a topic carries what is said to all who have subscribed; a monitor tells who has gone, and how.
// New since supervision: troupe::topic, names, monitor.
// Expected output:
//   Ada heard: Ada joins, Ben joins, Cid joins, Ada: hello, Ben: hello Ada, Cid is lost, Ben leaves, Ada: bye
//   Ben heard: Ben joins, Cid joins, Ada: hello, Ben: hello Ada, Cid is lost
//   3 members, then 2, then 1

#include <troupe/troupe.hpp>

#include <csignal>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

/// Says on the topic who comes and goes. What members say goes past it, straight to the topic.
class door : public troupe::actor {
 public:
  explicit door(troupe::topic<std::string> room) : room_{std::move(room)} {}

  void enter(const std::string& name, const troupe::actor_ref<troupe::actor>& who) {
    ++members_;
    monitor(who, [this, name](const troupe::down& end) {
      --members_;
      room_.publish(name + (is_abnormal(end.reason) ? " is lost" : " leaves"));
    });
    room_.publish(name + " joins");
  }
  int members() const { return members_; }

 private:
  troupe::topic<std::string> room_;
  int members_ = 0;
};

class member : public troupe::actor {
 public:
  explicit member(std::string name) : name_{std::move(name)} {}

  troupe::task<void> join(std::string room) {
    room_ = troupe::topic<std::string>::find(room); // in whichever process it is
    door_ = find<door>(room);
    room_.subscribe<&member::on_post>(self());
    co_await door_.ask<&door::enter>(name_, self());
  }
  void post(const std::string& text) { room_.publish(name_ + ": " + text); }
  void leave() { stop(); } // which the topic and the door notice
  void on_post(const std::string& line) {
    heard_ += (heard_.empty() ? "" : ", ") + line;
    ++lines_;
    answer();
  }
  /// Answered once it has heard so many lines: with all of them.
  troupe::promise<std::string> heard(int lines) {
    awaited_ = lines;
    promise_ = {};
    auto later = promise_;
    answer();
    return later;
  }
  void crash() { std::raise(SIGKILL); }

 private:
  void answer() {
    if (awaited_ != 0 && lines_ >= awaited_) {
      awaited_ = 0;
      promise_.set(heard_);
    }
  }

  std::string name_, heard_;
  troupe::topic<std::string> room_;
  troupe::actor_ref<door> door_;
  troupe::promise<std::string> promise_;
  int lines_ = 0, awaited_ = 0;
};

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  const troupe::topic<std::string> room{rt, "lobby"};
  const auto entrance = rt.spawn<door>({.name = "lobby"}, room);

  std::vector<troupe::actor_ref<member>> members;
  for (const char* name : {"Ada", "Ben", "Cid"}) {
    members.push_back(rt.spawn<member>({.place = troupe::own_process}, name));
    members.back().ask<&member::join>("lobby").get();
  }
  const auto &ada = members[0], &ben = members[1], &cid = members[2];
  ada.tell<&member::post>("hello");
  ada.ask<&member::heard>(4).get(); // they speak in turn: two who speak at once are heard in any order
  ben.tell<&member::post>("hello Ada");
  ada.ask<&member::heard>(5).get();

  cid.tell<&member::crash>();
  ada.ask<&member::heard>(6).get();
  const std::string ben_heard = ben.ask<&member::heard>(5).get();
  const int after_cid = entrance.ask<&door::members>().get();
  ben.tell<&member::leave>();
  ada.ask<&member::heard>(7).get();
  ada.tell<&member::post>("bye");
  const std::string ada_heard = ada.ask<&member::heard>(8).get();
  const int after_ben = entrance.ask<&door::members>().get();

  std::printf("Ada heard: %s\nBen heard: %s\n", ada_heard.c_str(), ben_heard.c_str());
  std::printf("3 members, then %d, then %d\n", after_cid, after_ben);
  const std::string hello = "Ben joins, Cid joins, Ada: hello, Ben: hello Ada, Cid is lost";
  const bool right = ben_heard == hello && ada_heard == "Ada joins, " + hello + ", Ben leaves, Ada: bye";
  return right && after_cid == 2 && after_ben == 1 ? 0 : 1;
}
