// SPDX-License-Identifier: BSD-3-Clause
#include "link/shared_mapping.hpp"

#include <troupe/exceptions.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>
#include <utility>

namespace troupe::detail {

namespace {

// A file beyond RLIMIT_FSIZE is answered by a signal that ends the program.
void check_limit(std::size_t size_bytes) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size_bytes)
    throw spawn_error("cannot size shared memory beyond the limit of file sizes (ulimit -f)", EFBIG);
}

} // namespace

shared_mapping shared_mapping::create(const char* name, std::size_t size_bytes) {
  check_limit(size_bytes);
  descriptor fd{::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!fd)
    throw spawn_error("cannot create shared memory", errno);
  if (::ftruncate(fd.get(), static_cast<off_t>(size_bytes)) != 0 ||
      ::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    throw spawn_error("cannot size shared memory", errno);
  return open(std::move(fd), size_bytes);
}

shared_mapping shared_mapping::open(descriptor fd, std::size_t size_bytes) {
  void* p = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
  if (p == MAP_FAILED)
    throw spawn_error("cannot map shared memory", errno);
  // A core dump would have the kernel fill every page of it first: gigabytes, for each link of a process.
  ::madvise(p, size_bytes, MADV_DONTDUMP);
  shared_mapping m;
  m.fd_ = std::move(fd);
  m.data_ = static_cast<std::byte*>(p);
  m.size_bytes_ = size_bytes;
  return m;
}

shared_mapping::shared_mapping(shared_mapping&& other) noexcept
    : fd_{std::move(other.fd_)},
      data_{std::exchange(other.data_, nullptr)},
      size_bytes_{std::exchange(other.size_bytes_, 0)} {}

shared_mapping& shared_mapping::operator=(shared_mapping&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

shared_mapping::~shared_mapping() {
  if (data_)
    ::munmap(data_, size_bytes_);
}

} // namespace troupe::detail
