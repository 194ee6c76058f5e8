# SPDX-License-Identifier: BSD-3-Clause
"""The sources that are compiled: 20 actors of 10 handlers each, ours and CAF's, and a function that uses each."""

ACTORS = 20
HANDLERS = 10
NUMBERS = ["int", "long", "double", "unsigned", "short"]


def _handlers(line, separator="\n"):
    """The line for each handler of one kind: H is its number, T the type of number that it takes."""
    return separator.join(line.replace("H", str(number)).replace("T", NUMBERS[number])
                          for number in range(HANDLERS // 2))


def _of_actor(i, text):
    return text.replace("@", str(i))


def troupe():
    """With the header that brings everything."""
    actor = "\n".join([
        "class actor@ : public troupe::actor {",
        " public:",
        _handlers("  void addH(T x) { n_ += long(x) + H; }"),
        _handlers("  long getH(T x, const std::string& s) const { return n_ + long(x) + H + long(s.size()); }"),
        " private:",
        "  long n_ = @;",
        "};",
        "long use@(troupe::runtime& rt) {",
        "  const auto a = rt.spawn<actor@>();",
        "  long sum = 0;",
        _handlers("  a.tell<&actor@::addH>(1);"),
        _handlers('  sum += a.ask<&actor@::getH>(1, "x").get();'),
        "  return sum;",
        "}",
    ])
    return "\n".join(["#include <troupe/troupe.hpp>", "#include <string>",
                      *(_of_actor(i, actor) for i in range(ACTORS))]) + "\n"


def caf():
    """Typed actors of CAF 0.17, as its manual writes them."""
    headers = ["actor_system", "scoped_actor", "stateful_actor", "typed_actor", "typed_event_based_actor"]
    get = "[self](getH, T x, const std::string& s) { return self->state.n + long(x) + H + long(s.size()); },"
    actor = "\n".join([
        "using actor@ = caf::typed_actor<",
        _handlers("  caf::reacts_to<addH, T>", ",\n") + ",",
        _handlers("  caf::replies_to<getH, T, std::string>::with<long>", ",\n") + ">;",
        "struct state@ { long n = @; };",
        "actor@::behavior_type behave@(actor@::stateful_pointer<state@> self) {",
        "  return {",
        _handlers("    [self](addH, T x) { self->state.n += long(x) + H; },"),
        _handlers("    " + get),
        "  };",
        "}",
        "long use@(caf::actor_system& system) {",
        "  caf::scoped_actor self{system};",
        "  const auto a = system.spawn(behave@);",
        "  long sum = 0;",
        _handlers("  self->send(a, addH::value, T(1));"),
        _handlers('  self->request(a, caf::infinite, getH::value, T(1), std::string{"x"})\n'
                  "    .receive([&](long x) { sum += x; }, [](const caf::error&) {});"),
        "  return sum;",
        "}",
    ])
    return "\n".join([*(f"#include <caf/{name}.hpp>" for name in headers), "#include <string>",
                      _handlers('using addH = caf::atom_constant<caf::atom("addH")>;'),
                      _handlers('using getH = caf::atom_constant<caf::atom("getH")>;'),
                      *(_of_actor(i, actor) for i in range(ACTORS))]) + "\n"
