// SPDX-License-Identifier: BSD-3-Clause
#include "runtime/foundation.hpp"

#include "actor/announce.hpp"
#include "actor/caf_seam.hpp"
#include "process/child_main.hpp"
#include "process/clone.hpp"
#include "process/early_binding.hpp"
#include "process/exec.hpp"
#include "process/heap.hpp"
#include "process/processors.hpp"

#include <troupe/exceptions.hpp>
#include <troupe/runtime.hpp>

#include <unistd.h>

#include <utility>

namespace troupe::detail {

namespace {

session make_session() {
  if (!single_threaded())
    throw usage_error(
        "worker processes come from a process that was forked before the first thread, but this "
        "program has threads already: call troupe::init(argc, argv) first thing in main");
  return session::create();
}

// What a child has and its supervisor does not: a code table that is only read, and a CAF system of its own.
// Made in the fork server, so that children inherit it.
void prepare_child(session& shared) {
  shared.protect_code_region();
  set_current_code_table(new code_table{shared.code_region(), /*writable=*/false}); // for ever
  caf_seam::prepare();
}

void prepare_children(session& shared) {
  prepare_child(shared);
  note_processors();
  bind_early();
}

} // namespace

foundation::foundation() : shared{make_session()}, code{shared.code_region(), /*writable=*/true} {
  // Ours is entry 0 of the roster; awake unless parked.
  shared.page().roster[0].pid.store(::getpid());
  shared.page().roster[0].awake.store(1);
  shared.page().cpus = cpu_count();
  set_current_code_table(&code);
  enter_announced(code);
  forks = std::make_unique<fork_client>(shared, own_command_line(), child_main, prepare_children);
}

foundation::~foundation() {
  forks.reset();
  set_current_code_table(nullptr);
}

void take_up_exec_role() noexcept {
  auto role = take_exec_role();
  if (!role)
    return;
  static session shared = session::open(std::move(role->session));
  if (role->fork_server)
    run_fork_server({std::move(role->socket), std::move(role->lifeline), &shared, own_command_line(),
                     child_main, prepare_children});
  prepare_child(shared);
  keep_freed_memory(role->request.kept_heap_bytes);
  child_main({role->request, std::move(role->segment), std::move(role->introductions),
              std::move(role->lifeline), &shared});
}

} // namespace troupe::detail
