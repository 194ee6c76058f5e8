// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// All of troupe.

#include <troupe/actor.hpp>
#include <troupe/actor_info.hpp>
#include <troupe/actor_ref.hpp>
#include <troupe/async_result.hpp>
#include <troupe/callable.hpp>
#include <troupe/codec.hpp>
#include <troupe/error.hpp>
#include <troupe/failure.hpp>
#include <troupe/imap_range.hpp>
#include <troupe/outcome.hpp>
#include <troupe/pool.hpp>
#include <troupe/process.hpp>
#include <troupe/runtime.hpp>
#include <troupe/supervisor.hpp>
#include <troupe/task_options.hpp>
#include <troupe/test.hpp>
#include <troupe/topic.hpp>
