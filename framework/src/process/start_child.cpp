// SPDX-License-Identifier: BSD-3-Clause
#include "process/start_child.hpp"

#include "actor/node_state.hpp"

#include <troupe/detail/code_table.hpp>
#include <troupe/detail/forked_copy.hpp>
#include <troupe/exceptions.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace troupe::detail {

namespace {

struct descriptor_pair {
  descriptor ours;
  descriptor theirs;
};

descriptor_pair make_stderr_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0)
    throw spawn_error("cannot make a pipe for a child's stderr", errno);
  ::fcntl(fds[0], F_SETFL, O_NONBLOCK); // our end only: the child's writes behave as usual
  return {descriptor{fds[0]}, descriptor{fds[1]}};
}

descriptor_pair make_introductions() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) != 0)
    throw spawn_error("cannot make a socket for a child", errno);
  return {descriptor{fds[0]}, descriptor{fds[1]}};
}

fork_request make_request(const runtime_options& options, process_id id, std::uint32_t roster_index,
                          const std::string& name) {
  fork_request request;
  request.kind = options.start == start_method::spawn ? fork_kind::exec : fork_kind::child;
  request.process = id;
  request.roster_index = roster_index;
  request.heartbeat_ms = static_cast<std::uint32_t>(options.heartbeat.count());
  request.spin_us = static_cast<std::uint32_t>(options.spin.count());
  request.kept_heap_bytes = options.kept_heap_bytes;
  name.copy(request.name, sizeof request.name - 1);
  return request;
}

} // namespace

std::shared_ptr<child_record> start_child(node::state& n, child_options options, child_entry entry,
                                          function_ref<void(byte_writer&)> arguments) {
  if (!n.forks)
    throw usage_error(
        "a child process cannot start processes of its own: start them from the program that made "
        "the runtime");
  if (in_forked_copy())
    throw usage_error(
        "this process is a fork of the program that made the runtime: only that can start processes");
  if (n.ending.load())
    throw stopped("the runtime is ending: no new processes");
  auto& page = n.shared.page();
  const auto roster_index = take_roster_entry(page);
  if (roster_index == 0)
    throw spawn_error(
        "a runtime has at most " + std::to_string(session_page::roster_size - 1) + " processes at a time",
        EAGAIN);
  std::shared_ptr<child_record> record;
  page.roster[roster_index].bell.stay_awake(); // it may have been another process's
  pid_t pid = 0;
  try {
    auto memory = std::make_shared<segment>(segment::create());
    auto pipe = make_stderr_pipe();
    auto socket = make_introductions();
    record = std::make_shared<child_record>(n.next_process.fetch_add(1), options.name, page, roster_index,
                                            memory, std::move(socket.ours), std::move(pipe.ours));
    // The entry waits in the ring before the process exists: no round trip, any size.
    const auto index = code_index_of(entry);
    record->way()->send(0, static_cast<std::uint32_t>(process_tag::entry), [&](byte_writer& w) {
      w.put(index);
      arguments(w);
    });
    pid = n.forks->start(make_request(n.options, record->id(), roster_index, options.name), memory->fd(),
                         socket.theirs.get(), pipe.theirs.get());
    memory->forget_descriptor();
  } catch (...) {
    if (!record)
      page.roster[roster_index].pid.store(0);
    throw;
  }
  record->started(pid);
  n.watch->watch(record);
  n.open_way(record->id(), record->way());
  n.bell.ring(); // for what it sent before its link could be polled: it rang, and nobody saw why
  return record;
}

} // namespace troupe::detail
