// SPDX-License-Identifier: BSD-3-Clause
#include "process/clone.hpp"
#include "process/exec.hpp"
#include "process/fork_protocol.hpp"
#include "process/heap.hpp"
#include "process/socket_message.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace troupe::detail {

namespace {

void close_all_but(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned from = 3;
  for (int fd : kept) {
    if (fd < 3)
      continue;
    if (static_cast<unsigned>(fd) > from)
      ::syscall(SYS_close_range, from, static_cast<unsigned>(fd) - 1, 0);
    from = static_cast<unsigned>(fd) + 1;
  }
  ::syscall(SYS_close_range, from, ~0U, 0);
}

// Every descriptor but the standard ones and ours is the user's and must not live on in children: an inherited pipe or
// socket would be kept open by a process its owner knows nothing of. Their numbers stay taken: streams that the program
// has opened on them are inherited, too, and would write into whatever was opened there next.
void replace_all_but(const std::vector<int>& kept) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  DIR* const all = null >= 0 ? ::opendir("/proc/self/fd") : nullptr;
  if (!all) {
    close_all_but(kept);
    return;
  }
  while (const auto* entry = ::readdir(all)) {
    const int fd = std::atoi(entry->d_name);
    if (fd > STDERR_FILENO && fd != null && fd != ::dirfd(all) &&
        std::find(kept.begin(), kept.end(), fd) == kept.end())
      ::dup3(null, fd, O_CLOEXEC);
  }
  ::closedir(all);
  ::close(null);
}

void kill_session(const session_page& page) {
  for (std::uint32_t i = 1; i < session_page::roster_size;
       ++i) { // 0 is the supervisor: its group is the user's
    const pid_t pid = page.roster[i].pid.load();
    if (pid <= 1)
      continue;
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL);
  }
}

// One that is being stopped while the supervisor ends stops only then, and nobody that could end it is left: it goes on,
// and looks at its lifeline. A thread of the supervisor that ends alone has it go on as well, which harms nothing.
void go_on_without_supervisor() { ::prctl(PR_SET_PDEATHSIG, SIGCONT, 0, 0, 0); }

void use_null_as_stdin() {
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null >= 0) {
    ::dup2(null, STDIN_FILENO);
    if (null != STDIN_FILENO)
      ::close(null);
  }
}

class fork_server {
 public:
  explicit fork_server(fork_server_start start) : start_{std::move(start)} {}

  [[noreturn]] void run() {
    ::setpgid(0, 0); // a terminal's Ctrl-C is the supervisor's to handle
    go_on_without_supervisor();
    ::prctl(PR_SET_NAME, "troupe-fork", 0, 0, 0);
    replace_all_but({start_.socket.get(), start_.lifeline.get(), start_.shared->fd()});
    use_null_as_stdin();
    if (start_.prepare)
      start_.prepare(*start_.shared);
    for (;;) {
      wait_for_request();
      serve();
    }
  }

 private:
  void wait_for_request() {
    std::array<pollfd, 2> fds{{{start_.socket.get(), POLLIN, 0}, {start_.lifeline.get(), POLLIN, 0}}};
    while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR) {
    }
    if (fds[1].revents != 0)
      end_with_supervisor();
  }

  // A dying process closes its sockets a moment before its lifeline tells of its death. One that executes another
  // program closes them, too, and lives on. In an orderly end we are killed.
  [[noreturn]] void end_with_supervisor() {
    start_.socket.reset(); // should it live and wait for an answer, it sees that there will be none
    pollfd dead{start_.lifeline.get(), POLLIN, 0};
    while (::poll(&dead, 1, 500) < 0 && errno == EINTR) {
    }
    // Children watch the lifeline themselves; this is for those that are stopped.
    kill_session(start_.shared->page());
    ::_exit(0);
  }

  void serve() {
    fork_request request;
    received_message message;
    const auto bytes = std::as_writable_bytes(std::span{&request, 1});
    if (!receive_with_descriptors(start_.socket.get(), bytes, no_deadline, message) ||
        message.size_bytes == 0)
      end_with_supervisor();
    fork_reply reply{request.id, -1, EINVAL};
    if (message.size_bytes == sizeof request)
      reply = carry_out(request, message.fds);
    send_with_descriptors(start_.socket.get(), std::as_bytes(std::span{&reply, 1}), {});
  }

  fork_reply carry_out(const fork_request& request, std::vector<descriptor>& fds) {
    const std::size_t expected = request.kind == fork_kind::spare ? 1 : 3;
    if (fds.size() != expected || request.roster_index >= session_page::roster_size)
      return {request.id, -1, EINVAL};
    if (request.kind != fork_kind::spare && kept_heap_bytes_ != request.kept_heap_bytes) {
      kept_heap_bytes_ = request.kept_heap_bytes;
      keep_freed_memory(kept_heap_bytes_); // children inherit it
    }
    auto& page = start_.shared->page();
    auto& place = request.kind == fork_kind::spare ? page.spare_pid : page.roster[request.roster_index].pid;
    const pid_t pid = clone_process(parentage::sibling, &place);
    if (pid == 0)
      become(request, fds);
    return {request.id, pid, pid < 0 ? errno : 0};
  }

  [[noreturn]] void become(const fork_request& request, std::vector<descriptor>& fds) {
    if (request.kind == fork_kind::spare) {
      start_.socket = std::move(fds[0]);
      start_.prepare = nullptr; // inherited as well
      fork_server{std::move(start_)}.run();
    }
    ::setpgid(0, 0); // killing the group reaches what the child starts
    go_on_without_supervisor();
    start_.socket.reset();
    ::dup2(fds[2].get(), STDERR_FILENO);
    fds[2].reset();
    child_start child{request, std::move(fds[0]), std::move(fds[1]), std::move(start_.lifeline),
                      start_.shared};
    if (request.kind == fork_kind::exec)
      exec_child(child, start_.command_line);
    start_.body(std::move(child));
    ::_exit(70); // not reached
  }

  fork_server_start start_;
  std::uint64_t kept_heap_bytes_ = 0;
};

} // namespace

void run_fork_server(fork_server_start start) noexcept { fork_server{std::move(start)}.run(); }

} // namespace troupe::detail
