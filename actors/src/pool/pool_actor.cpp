// SPDX-License-Identifier: BSD-3-Clause
#include "pool/pool_actor.hpp"

#include "pool/pool_turn.hpp"
#include "pool/wire.hpp"

#include <utility>

namespace troupe::detail {

pool_actor::pool_actor(pool_setup setup) : setup_{std::move(setup)}, places_(setup_.workers) {
  for (unsigned i = 0; i < setup_.workers; ++i)
    places_[i].index = i;
}

void pool_actor::receive(envelope& message) {
  const pool_turn now{setup_.pool};
  if (message.tag == down_tag) {
    worker_ended(message);
    return;
  }
  if (message.local) { // nothing else comes from this process
    static_cast<pool_call&>(*message.local).run(*this);
    return;
  }
  if (auto* from = place_of(message.from))
    from_worker(*from, message);
  else if (early_.size() < places_.size())
    early_.push_back(std::move(message)); // its process answered before we were told of it
}

void pool_actor::from_worker(worker_place& w, envelope& message) {
  switch (static_cast<pool_tag>(message.tag)) {
    case pool_tag::results:
      take_results(w, byte_reader{message.body.bytes()});
      break;
    case pool_tag::ready:
      w.enter(worker_place::phase::ready);
      restarts_.forget();
      short_since_.reset();
      check_ready();
      break;
    case pool_tag::unfit:
      take_unfit(w, byte_reader{message.body.bytes()});
      break;
    case pool_tag::run:
      break; // not for us
  }
}

// Called when the mailbox is empty: whatever the messages changed, work is given out once.
void pool_actor::batch_done() {
  const pool_turn now{setup_.pool};
  finish_jobs();
  if (phase_ != phase::over) {
    dispatch();
    start_missing();
    finish_jobs();
  }
  check_over();
  look_later();
}

void pool_actor::submit(job_id id, job_request request) {
  if (phase_ == phase::over) {
    const auto why = cause_ ? *cause_ : failure::of(stopped{"the pool has ended"});
    request.sink->finish(&why);
    return;
  }
  auto j = std::make_unique<job>();
  j->id = id;
  j->more = request.more;
  j->so_far.total = request.count;
  if (request.count != 0)
    j->add({std::move(request.source), 0, request.count, 0, 0});
  j->request = std::move(request);
  if (j->request.options.on_progress)
    j->teller = std::make_shared<progress_teller>(*setup_.here, std::move(j->request.options.on_progress));
  enqueue(*j);
  touch(*j); // it may be empty
  jobs_.emplace(id, std::move(j));
}

void pool_actor::extend(job_id id, slice items, bool more) {
  auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second->abandoned)
    return;
  auto& j = *found->second;
  j.so_far.total += items.count;
  if (items.count != 0)
    j.add(std::move(items));
  j.more = more;
  enqueue(j);
  touch(j);
}

void pool_actor::abandon(job_id id) {
  auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second->abandoned)
    return;
  drop(*found->second);
}

std::vector<worker_info> pool_actor::workers() const {
  std::vector<worker_info> all;
  all.reserve(places_.size());
  for (const auto& w : places_)
    all.push_back(w.info());
  return all;
}

} // namespace troupe::detail
