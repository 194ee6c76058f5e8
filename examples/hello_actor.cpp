// SPDX-License-Identifier: BSD-3-Clause
//
// An actor in this process, called by messages.
//
// Teaches: an actor is a class, its public members are its messages: tell does not wait, ask gets an answer.
// New since squares: troupe::actor, spawn, tell, ask.
// Expected output:
//   Hello, Ada and Grace!

#include <troupe/troupe.hpp>

#include <cstdio>
#include <string>

class greeter : public troupe::actor {
 public:
  explicit greeter(std::string word) : text_{std::move(word)} {}
  void meet(const std::string& name) { text_ += (met_++ == 0 ? ", " : " and ") + name; }
  std::string greeting() const { return text_ + "!"; }

 private:
  std::string text_;
  int met_ = 0;
};

int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  const auto friendly = rt.spawn<greeter>("Hello");
  friendly.tell<&greeter::meet>("Ada"); // messages of one sender arrive in their order
  friendly.tell<&greeter::meet>("Grace");
  const std::string text = friendly.ask<&greeter::greeting>().get();
  std::printf("%s\n", text.c_str());
  return text == "Hello, Ada and Grace!" ? 0 : 1;
}
