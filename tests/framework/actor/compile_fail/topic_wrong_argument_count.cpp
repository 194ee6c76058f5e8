// SPDX-License-Identifier: BSD-3-Clause
// expect: a member function that is subscribed to a topic<T> takes one argument
#include <troupe/actor.hpp>

#include <string>

class member : public troupe::actor {
 public:
  void on_post(const std::string& author, const std::string& text) { last_ = author + text; }

 private:
  std::string last_;
};

void join(const troupe::topic<std::string>& room, const troupe::actor_ref<member>& ref) {
  room.subscribe<&member::on_post>(ref);
}
