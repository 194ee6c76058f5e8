// SPDX-License-Identifier: BSD-3-Clause
// Topics: subscribers that end, that are slow, values that do not travel, and topics that are closed.
#include "framework/actor/places.hpp"

#include "support/repeat.hpp"

#include <troupe/supervisor.hpp>

#include <csignal>
#include <future>
#include <stdexcept>

using namespace test_support;

namespace {

using numbers = std::vector<int>;

/// Counts how often it was copied in this process.
struct counted {
  counted() = default;
  explicit counted(int x) : value{x} {}
  counted(const counted& other) : value{other.value} { ++copies; }
  counted(counted&&) = default;
  counted& operator=(const counted&) = default;
  counted& operator=(counted&&) = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(value);
    if (value < 0)
      throw std::runtime_error("negative");
  }

  int value = 0;
  static inline std::atomic<int> copies{0};
};

class listener : public troupe::actor {
 public:
  using ref = troupe::actor_ref<listener>;

  void on_number(int x) { heard_.push_back(x); }
  void on_counted(counted c) { heard_.push_back(c.value); }
  void on_odd(int x) {
    if (x % 2 == 0)
      throw std::runtime_error("even");
    on_number(x);
  }
  numbers heard() const { return heard_; }
  pid_t pid() const { return ::getpid(); }
  void publish(const troupe::topic<counted>& topic, int x) const {
    counted c;
    c.value = x;
    topic.publish(c);
  }
  void hold(troupe::actor_ref<notebook> told) {
    told.tell<&notebook::note>("held");
    while (told.ask<&notebook::count>("open").get(10s) == 0)
      ;
  }

 private:
  numbers heard_;
};

bool hears(const listener::ref& who, const numbers& what) {
  return eventually(10s, [&] { return who.ask<&listener::heard>().get(10s) == what; });
}
template <class T>
bool has_subscribers(const troupe::topic<T>& topic, std::size_t count) {
  return eventually(10s, [&] { return topic.subscribers().get(10s) == count; });
}

/// A listener that handles nothing until `open`, with room for so many messages.
struct held_listener {
  held_listener(troupe::runtime& rt, troupe::placement place, troupe::mailbox_options mailbox)
      : told{rt.spawn<notebook>()}, ref{rt.spawn<listener>({.place = place, .mailbox = mailbox})} {
    ref.tell<&listener::hold>(told);
    CHECK(eventually(10s, [&] { return told.ask<&notebook::count>("held").get(10s) == 1; }));
  }
  void open() { told.tell<&notebook::note>("open"); }

  troupe::actor_ref<notebook> told;
  listener::ref ref;
};

numbers counted_up(int count) {
  numbers all;
  for (int i = 0; i < count; ++i)
    all.push_back(i);
  return all;
}

} // namespace

TEST_CASE("a subscriber that has ended is forgotten, whatever ended it") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt};
    const auto stops = rt.spawn<listener>({.place = place});
    const auto fails = rt.spawn<listener>({.place = place});
    const auto stays = rt.spawn<listener>({.place = place});
    topic.subscribe<&listener::on_number>(stops);
    topic.subscribe<&listener::on_number>(stays);
    topic.subscribe<&listener::on_odd>(fails);
    stops.stop();
    CHECK(has_subscribers(topic, 2));
    topic.publish(2);
    CHECK(has_subscribers(topic, 1));
    CHECK(hears(stays, {2}));
    topic.subscribe<&listener::on_number>(stops); // too late, and soon forgotten
    CHECK(has_subscribers(topic, 1));
  });
}

TEST_CASE("a subscriber whose process is killed is forgotten, and costs the others nothing") {
  repeat(10, [](random_source& random) {
    in_runtime(20s, [&](troupe::runtime& rt) {
      const troupe::topic<int> topic{rt};
      const auto killed = rt.spawn<listener>({.place = troupe::own_process});
      const auto here = rt.spawn<listener>();
      const auto there = rt.spawn<listener>({.place = troupe::own_process});
      for (const auto& ref : {killed, here, there})
        topic.subscribe<&listener::on_number>(ref);
      const auto pid = killed.ask<&listener::pid>().get(10s);
      auto killer = std::async(std::launch::async, [&] {
        wait_up_to(random, 3ms);
        ::kill(pid, SIGKILL);
      });
      for (int i = 0; i < 1000; ++i)
        topic.publish(i);
      killer.get();
      CHECK(hears(here, counted_up(1000)));
      CHECK(hears(there, counted_up(1000)));
      CHECK(has_subscribers(topic, 2));
    });
  });
}

TEST_CASE("a subscriber whose mailbox blocks does not hold up the others, and loses nothing") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt};
    held_listener slow{rt, place, {.capacity = 2}};
    const auto quick = rt.spawn<listener>({.place = place});
    topic.subscribe<&listener::on_number>(slow.ref);
    topic.subscribe<&listener::on_number>(quick);
    for (int i = 0; i < 1000; ++i)
      topic.publish(i);
    CHECK(hears(quick, counted_up(1000)));
    CHECK(topic.subscribers().get(10s) == 2);
    slow.open();
    CHECK(hears(slow.ref, counted_up(1000)));
  });
}

TEST_CASE("a subscriber that leaves and comes back while values wait for it hears all in order") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt};
    held_listener slow{rt, place, {.capacity = 2}};
    numbers expected;
    for (int i = 0; i < 500; ++i) {
      topic.subscribe<&listener::on_number>(slow.ref);
      topic.publish(i);
      expected.push_back(i);
      topic.unsubscribe<&listener::on_number>(slow.ref);
      topic.publish(-1);
    }
    CHECK(topic.subscribers().get(10s) == 0);
    slow.open();
    CHECK(hears(slow.ref, expected));
  });
}

TEST_CASE("a subscriber that ends while values wait for it is forgotten") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt};
    held_listener slow{rt, place, {.capacity = 2}};
    topic.subscribe<&listener::on_number>(slow.ref);
    for (int i = 0; i < 100; ++i)
      topic.publish(i);
    slow.ref.stop();
    slow.open();
    CHECK(has_subscribers(topic, 0));
  });
}

TEST_CASE("a subscriber whose mailbox rejects or drops loses what finds no room, and stays subscribed") {
  using troupe::overflow_policy;
  for (const auto policy :
       {overflow_policy::reject, overflow_policy::drop_newest, overflow_policy::drop_oldest})
    in_both_places([policy](troupe::runtime& rt, troupe::placement place) {
      const troupe::topic<int> topic{rt};
      held_listener slow{rt, place, {.capacity = 3, .overflow = policy}};
      const auto quick = rt.spawn<listener>({.place = place});
      topic.subscribe<&listener::on_number>(slow.ref);
      topic.subscribe<&listener::on_number>(quick);
      for (int i = 0; i < 100; ++i)
        topic.publish(i);
      CHECK(hears(quick, counted_up(100)));
      slow.open();
      CHECK(eventually(
          10s, [&] { // at first there may be no room for the question, or it takes the place of a value
            try {
              return slow.ref.ask<&listener::heard>().get(10s).size() >= 2;
            } catch (const troupe::queue_full&) {
              return false;
            }
          }));
      topic.publish(100);
      CHECK(eventually(10s, [&] { return slow.ref.ask<&listener::heard>().get(10s).back() == 100; }));
      const auto heard = slow.ref.ask<&listener::heard>().get(10s);
      CHECK(heard.size() < 100);
      CHECK((policy == overflow_policy::drop_oldest || heard.front() == 0));
    });
}

TEST_CASE("inside the process a value is moved to the only subscriber, and copied for several") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const troupe::topic<counted> topic{rt};
    const auto first = rt.spawn<listener>();
    const auto second = rt.spawn<listener>();
    topic.subscribe<&listener::on_counted>(first);
    counted::copies = 0;
    topic.publish(counted{1});
    CHECK(hears(first, {1}));
    CHECK(counted::copies == 0);
    topic.subscribe<&listener::on_counted>(second);
    topic.publish(counted{2});
    CHECK(hears(first, {1, 2}));
    CHECK(hears(second, {2}));
    CHECK(counted::copies == 2);
  });
}

TEST_CASE("a value is copied for no subscriber in another process") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const troupe::topic<counted> topic{rt};
    const auto first = rt.spawn<listener>({.place = troupe::own_process});
    const auto second = rt.spawn<listener>({.place = troupe::own_process});
    topic.subscribe<&listener::on_counted>(first);
    topic.subscribe<&listener::on_counted>(second);
    counted::copies = 0;
    topic.publish(counted{1});
    CHECK(hears(first, {1}));
    CHECK(hears(second, {1}));
    CHECK(counted::copies == 0);
  });
}

TEST_CASE("a value that cannot be saved fails where it is published, or is lost on its further way only") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const troupe::topic<counted> topic{rt};
    const auto here = rt.spawn<listener>();
    const auto there = rt.spawn<listener>({.place = troupe::own_process});
    topic.subscribe<&listener::on_counted>(here);
    topic.subscribe<&listener::on_counted>(there);
    CHECK_THROWS_AS(there.ask<&listener::publish>(topic, -1).get(10s), std::runtime_error);
    topic.publish(counted{-2}); // reaches whom it can
    topic.publish(counted{3});
    CHECK(hears(here, {-2, 3}));
    CHECK(hears(there, {3}));
    CHECK(topic.subscribers().get(10s) == 2);
  });
}

TEST_CASE("a closed topic deals with what came before, and then hears nobody") {
  in_both_places([](troupe::runtime& rt, troupe::placement place) {
    const troupe::topic<int> topic{rt, "numbers"};
    const auto ear = rt.spawn<listener>({.place = place});
    topic.subscribe<&listener::on_number>(ear);
    topic.publish(1);
    topic.close();
    CHECK(hears(ear, {1}));
    CHECK_THROWS_AS(topic.subscribe<&listener::on_number>(ear), troupe::actor_down);
    CHECK_THROWS_AS(topic.subscribers().get(10s), troupe::actor_down);
    CHECK_NOTHROW(topic.publish(2));
    CHECK_FALSE(troupe::topic<int>::find("numbers"));
    const troupe::topic<double> again{rt, "numbers"}; // its name is free
    CHECK(again.subscribers().get(10s) == 0);
    CHECK(hears(ear, {1}));
  });
}

TEST_CASE("a handle on no topic says so") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const troupe::topic<int> none;
    const auto ear = rt.spawn<listener>();
    CHECK_FALSE(none);
    CHECK_THROWS_AS(none.publish(1), troupe::usage_error);
    CHECK_THROWS_AS(none.subscribe<&listener::on_number>(ear), troupe::usage_error);
    CHECK_THROWS_AS(none.unsubscribe<&listener::on_number>(ear), troupe::usage_error);
    CHECK_THROWS_AS(none.subscribers(), troupe::usage_error);
    CHECK_THROWS_AS(troupe::topic<int>{rt}.subscribe<&listener::on_number>(listener::ref{}),
                    troupe::usage_error);
  });
}

namespace {

/// Subscribes itself whenever it is started, and crashes at the first number of each hundred.
class fragile_listener final : public troupe::actor {
 public:
  explicit fragile_listener(troupe::topic<int> topic) : topic_{std::move(topic)} {}
  void on_number(int x) {
    if (x == 0)
      throw std::runtime_error{"zero"};
    last_ = x;
  }
  int last() const { return last_; }

 private:
  void on_start() override { topic_.subscribe<&fragile_listener::on_number>(self()); }

  troupe::topic<int> topic_;
  int last_ = -1;
};

int last_of(const troupe::actor_ref<fragile_listener>& who) {
  try {
    return who.ask<&fragile_listener::last>().get(10s);
  } catch (const troupe::actor_down&) { // by the zero that is still on its way
    return -1;
  }
}

} // namespace

TEST_CASE("a supervised subscriber that subscribes again when it is restarted hears what comes then") {
  in_runtime(60s, [](troupe::runtime& rt) {
    const troupe::topic<int> topic{rt};
    troupe::supervisor sup{rt, {.intensity = 1'000'000, .log = false}};
    const auto ref = sup.add<fragile_listener>({.id = "listener"}, topic);
    repeat(20, [&](random_source&) {
      topic.publish(0);
      for (int i = 1; i < 300; ++i) // more than its courier hands over in one turn
        topic.publish(i);
      REQUIRE(eventually(10s, [&] {
        topic.publish(1000);
        return last_of(ref) == 1000;
      }));
    });
  });
}

TEST_CASE("a supervised subscriber with a small mailbox is back soon, whatever waits for it") {
  in_runtime(20s, [](troupe::runtime& rt) {
    const troupe::topic<int> topic{rt};
    troupe::supervisor sup{rt, {.intensity = 1'000'000, .log = false}};
    const auto ref = sup.add<fragile_listener>({.id = "listener", .mailbox = {.capacity = 4}}, topic);
    for (int round = 0; round < 5; ++round) {
      topic.publish(0);
      for (int i = 1; i < 300; ++i)
        topic.publish(i);
    }
    REQUIRE(eventually(10s, [&] {
      topic.publish(1000);
      return last_of(ref) == 1000;
    }));
  });
}
