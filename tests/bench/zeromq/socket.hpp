// SPDX-License-Identifier: BSD-3-Clause
//
// ZeroMQ's sockets, for values of a fixed size.

#pragma once

#include "report.hpp"

#include <unistd.h>
#include <zmq.h>

#include <string>

namespace zeromq {

/// Unix sockets without a file, of this run only. `of`: the process that started it.
inline std::string address(const char* what, pid_t of) {
  return "ipc://@troupe-bench-" + std::string{what} + "-" + std::to_string(of);
}

class context {
 public:
  context() : context_{zmq_ctx_new()} { bench::require(context_ != nullptr, "zmq_ctx_new"); }
  ~context() { zmq_ctx_term(context_); }
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  void* get() const { return context_; }

 private:
  void* context_;
};

class socket {
 public:
  socket(const context& in, int type) : socket_{zmq_socket(in.get(), type)} {
    bench::require(socket_ != nullptr, "zmq_socket");
  }
  ~socket() { zmq_close(socket_); }
  socket(const socket&) = delete;
  socket& operator=(const socket&) = delete;

  void bind(const std::string& to) { bench::require(zmq_bind(socket_, to.c_str()) == 0, "zmq_bind"); }
  void connect(const std::string& to) {
    bench::require(zmq_connect(socket_, to.c_str()) == 0, "zmq_connect");
  }

  template <class T>
  void send(const T& value) {
    bench::require(zmq_send(socket_, &value, sizeof value, 0) == sizeof value, "zmq_send");
  }
  template <class T>
  T receive() {
    T value{};
    bench::require(zmq_recv(socket_, &value, sizeof value, 0) == sizeof value, "zmq_recv");
    return value;
  }

 private:
  void* socket_;
};

} // namespace zeromq
