// SPDX-License-Identifier: BSD-3-Clause
// Topics: who hears what, in which order, wherever publishers and subscribers are.
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <future>
#include <numeric>
#include <string_view>

using namespace test_support;

namespace {

using numbers = std::vector<int>;

struct reading {
  std::string sensor;
  int value = 0;
  troupe::topic<int> answers; // topics travel inside messages
};

/// Listens, and publishes when told to.
class station : public troupe::actor {
 public:
  using ref = troupe::actor_ref<station>;

  void on_number(int x) { heard_.push_back(x); }
  void on_reference(const int& x) { heard_.push_back(x); }
  void on_wider(double x) { heard_.push_back(static_cast<int>(x)); }
  void on_text(std::string_view text) { heard_.push_back(static_cast<int>(text.size())); }
  void on_reading(const reading& r) { r.answers.publish(r.value); }
  numbers heard() const { return heard_; }

  void join(const troupe::topic<int>& topic) { topic.subscribe<&station::on_number>(self()); }
  void join_by_name(const std::string& name) { join(troupe::topic<int>::find(name)); }
  void publish(const troupe::topic<int>& topic, int first, int count) const {
    for (int i = 0; i < count; ++i)
      topic.publish(first + i);
  }
  bool finds(const std::string& name) const { return static_cast<bool>(troupe::topic<int>::find(name)); }
  troupe::topic<int> find_topic(const std::string& name) const { return troupe::topic<int>::find(name); }

 private:
  numbers heard_;
};

class special_station final : public station {};

bool hears(const station::ref& who, const numbers& what) {
  return eventually(10s, [&] { return who.ask<&station::heard>().get(10s) == what; });
}
bool hears_so_many(const station::ref& who, std::size_t count) {
  return eventually(15s, [&] { return who.ask<&station::heard>().get(10s).size() == count; });
}

numbers counted_up(int count) {
  numbers all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

} // namespace

TEST_CASE("what is published reaches all that are subscribed, and nobody else") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt};
    const auto first = rt.spawn<station>({.place = place});
    const auto second = rt.spawn<special_station>({.place = place});
    const auto nobody = rt.spawn<station>({.place = place});
    topic.publish(0);
    topic.subscribe<&station::on_number>(first);
    topic.publish(1);
    topic.subscribe<&station::on_number>(second);
    topic.publish(2);
    CHECK(topic.subscribers().get(10s) == 2);
    CHECK(hears(first, {1, 2}));
    CHECK(hears(second, {2}));
    CHECK(hears(nobody, {}));
  });
}

TEST_CASE("a subscriber takes the value, a reference to it, or something it converts to") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt};
    const troupe::topic<std::string> texts{rt};
    const auto listener = rt.spawn<station>({.place = place});
    topic.subscribe<&station::on_reference>(listener);
    topic.publish(1);
    CHECK(hears(listener, {1}));
    topic.subscribe<&station::on_wider>(listener);
    topic.publish(2);
    CHECK(hears(listener, {1, 2, 2}));
    texts.subscribe<&station::on_text>(listener);
    texts.publish("three");
    CHECK(hears(listener, {1, 2, 2, 5}));
  });
}

TEST_CASE("subscribing twice is once, and each member function counts") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt};
    const auto special = rt.spawn<special_station>({.place = place});
    topic.subscribe<&station::on_number>(special);
    topic.subscribe<&special_station::on_number>(special);
    special.ask<&station::join>(topic).get(10s);
    CHECK(topic.subscribers().get(10s) == 1);
    topic.subscribe<&station::on_reference>(special, 10s);
    CHECK(topic.subscribers().get(10s) == 2);
    topic.publish(7);
    CHECK(hears(special, {7, 7}));
  });
}

TEST_CASE("nothing reaches whoever has unsubscribed before") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt};
    const auto leaves = rt.spawn<station>({.place = place});
    const auto stays = rt.spawn<station>({.place = place});
    topic.unsubscribe<&station::on_number>(leaves); // it never was: no matter
    topic.subscribe<&station::on_number>(leaves);
    topic.subscribe<&station::on_number>(stays);
    topic.publish(1);
    topic.unsubscribe<&station::on_number>(leaves);
    topic.publish(2);
    CHECK(topic.subscribers().get(10s) == 1);
    topic.subscribe<&station::on_number>(leaves, 10s); // again
    topic.publish(3);
    CHECK(hears(stays, {1, 2, 3}));
    CHECK(hears(leaves, {1, 3}));
  });
}

TEST_CASE("actors in other processes subscribe themselves, and publish") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt, "numbers"};
    const auto here = rt.spawn<station>();
    const auto there = rt.spawn<station>({.place = place});
    here.ask<&station::join>(topic).get(10s);
    there.ask<&station::join_by_name>("numbers").get(10s);
    CHECK(topic.subscribers().get(10s) == 2);
    there.tell<&station::publish>(topic, 0, 100);
    CHECK(hears(here, counted_up(100)));
    CHECK(hears(there, counted_up(100)));
  });
}

TEST_CASE("a topic is found by its name from every process, and is the same one") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const auto other = rt.spawn<station>({.name = "numbers", .place = place}); // actors' names are others
    CHECK_FALSE(troupe::topic<int>::find("numbers"));
    CHECK_FALSE(other.ask<&station::finds>("numbers").get(10s));
    const troupe::topic<int> topic{rt, "numbers"};
    CHECK(topic);
    CHECK(troupe::topic<int>{rt, "numbers"} == topic);
    CHECK(troupe::topic<int>::find("numbers") == topic);
    CHECK(other.ask<&station::find_topic>("numbers").get(10s) == topic);
    CHECK_FALSE(topic == troupe::topic<int>{rt});
    CHECK_FALSE(topic == troupe::topic<int>{});
  });
}

TEST_CASE("threads that make a topic of one name at once get the same one") {
  repeat(20, [](random_source&) {
    in_runtime(20s, [](troupe::runtime& rt) {
      const auto make = [&rt] { return troupe::topic<int>{rt, "numbers"}; };
      auto first = std::async(std::launch::async, make);
      auto second = std::async(std::launch::async, make);
      CHECK(first.get() == second.get());
    });
  });
}

TEST_CASE("a topic's name used with another type is an error that names both") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<reading> readings{rt, "readings"};
    const auto other = rt.spawn<station>({.place = place});
    auto found = other.ask<&station::finds>("readings");
    for (const auto& text : {text_of_failure<troupe::usage_error>(found), [&] {
                               try {
                                 troupe::topic<int>{rt, "readings"};
                               } catch (const troupe::usage_error& e) {
                                 return std::string{e.what()};
                               }
                               return std::string{};
                             }()}) {
      CAPTURE(text);
      CHECK(contains(text, "'readings' carries "));
      CHECK(contains(text, "::reading, not int"));
    }
    CHECK(troupe::topic<reading>{rt, "readings"} == readings);
  });
}

TEST_CASE("a topic is made under its name while another thread makes and closes it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    std::atomic<bool> over{false};
    auto closer = std::async(std::launch::async, [&] {
      while (!over)
        troupe::topic<int>{rt, "numbers"}.close();
    });
    for (int i = 0; i < 2000; ++i)
      CHECK(troupe::topic<int>{rt, "numbers"});
    over = true;
    CHECK_NOTHROW(closer.get());
  });
}

TEST_CASE("an actor may be called like a topic") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const auto one = rt.spawn<station>({.name = "numbers"});
    const auto other = rt.spawn<station>({.name = "topic numbers"});
    const troupe::topic<int> topic{rt, "numbers"};
    topic.subscribe<&station::on_number>(one);
    topic.subscribe<&station::on_number>(other);
    topic.publish(1);
    CHECK(hears(one, {1}));
    CHECK(hears(other, {1}));
  });
}

TEST_CASE("topics travel inside the values of other topics") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<reading> readings{rt};
    const troupe::topic<int> answers{rt};
    const auto sensor = rt.spawn<station>({.place = place});
    const auto listener = rt.spawn<station>();
    readings.subscribe<&station::on_reading>(sensor);
    answers.subscribe<&station::on_number>(listener);
    readings.publish({.sensor = "door", .value = 42, .answers = answers});
    CHECK(hears(listener, {42}));
  });
}

TEST_CASE("every subscriber hears each publisher in order, across processes") {
  in_runtime(40s, [](troupe::runtime& rt) {
    constexpr int count = 3000;
    const troupe::topic<int> topic{rt};
    std::vector<station::ref> stations;
    for (int i = 0; i < 4; ++i)
      stations.push_back(rt.spawn<station>({.place = i < 2 ? troupe::own_process : troupe::this_process}));
    for (const auto& s : stations)
      topic.subscribe<&station::on_number>(s);
    for (int i = 0; i < 4; ++i)
      stations[i].tell<&station::publish>(topic, i * count, count);
    for (const auto& s : stations) {
      REQUIRE(hears_so_many(s, 4 * count));
      std::vector<numbers> by_publisher(4);
      for (const int x : s.ask<&station::heard>().get(10s))
        by_publisher[x / count].push_back(x);
      for (const auto& part : by_publisher) {
        CHECK(part.size() == count);
        CHECK(std::is_sorted(part.begin(), part.end()));
      }
    }
  });
}

TEST_CASE("worker processes that are executed afresh take part as well") {
  in_runtime(20s,
             [](troupe::runtime& rt) {
               const troupe::topic<int> topic{rt, "numbers"};
               const auto there = rt.spawn<station>({.place = troupe::own_process});
               there.ask<&station::join_by_name>("numbers").get(10s);
               there.tell<&station::publish>(topic, 0, 3);
               CHECK(hears(there, {0, 1, 2}));
             },
             {.start = troupe::start_method::spawn});
}

TEST_CASE("many subscribers hear all of it") {
  in_runtime(40s, [](troupe::runtime& rt) {
    const troupe::topic<int> topic{rt};
    const auto elsewhere = rt.spawn<station>({.place = troupe::own_process});
    std::vector<station::ref> all;
    for (int i = 0; i < 300; ++i)
      all.push_back(i % 3 ? rt.spawn<station>() : rt.spawn<station>({.place = beside(elsewhere)}));
    for (const auto& s : all)
      topic.subscribe<&station::on_number>(s);
    CHECK(topic.subscribers().get(10s) == 300);
    for (int i = 0; i < 20; ++i)
      topic.publish(i);
    for (const auto& s : all)
      REQUIRE(hears(s, counted_up(20)));
  });
}
