// SPDX-License-Identifier: BSD-3-Clause
#include "codec/modules.hpp"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <span>
#include <string_view>

namespace troupe::detail {

namespace {

std::uint64_t hash_bytes(const void* bytes, std::size_t size_bytes) {
  std::uint64_t hash = 0xcbf29ce484222325; // FNV-1a: equal in all processes, unlike std::hash
  const auto* at = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size_bytes; ++i)
    hash = (hash ^ at[i]) * 0x100000001b3;
  return hash;
}

std::span<const ElfW(Phdr)> segments(const dl_phdr_info& info) { return {info.dlpi_phdr, info.dlpi_phnum}; }

/// The build id inside one note segment; empty if it is of other notes.
std::string_view build_id_in(const char* notes, std::size_t size_bytes) {
  const auto padded = [](std::size_t n) { return (n + 3) & ~std::size_t{3}; };
  while (size_bytes >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes, sizeof note);
    const auto name_bytes = padded(note.n_namesz);
    const auto all_bytes = sizeof note + name_bytes + padded(note.n_descsz);
    if (all_bytes > size_bytes)
      break;
    const char* name = notes + sizeof note;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0)
      return {name + name_bytes, note.n_descsz};
    notes += all_bytes;
    size_bytes -= all_bytes;
  }
  return {};
}

std::uint64_t hash_of(const dl_phdr_info& info) {
  for (const auto& segment : segments(info)) {
    if (segment.p_type != PT_NOTE)
      continue;
    const auto* notes = reinterpret_cast<const char*>(info.dlpi_addr + segment.p_vaddr);
    if (const auto id = build_id_in(notes, segment.p_memsz); !id.empty())
      return hash_bytes(id.data(), id.size());
  }
  std::string_view path = info.dlpi_name; // empty for the program itself
  path.remove_prefix(path.rfind('/') + 1);
  return hash_bytes(path.data(), path.size());
}

bool holds_code_at(const dl_phdr_info& info, std::uint64_t offset) {
  for (const auto& segment : segments(info)) {
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 && offset >= segment.p_vaddr &&
        offset - segment.p_vaddr < segment.p_memsz)
      return true;
  }
  return false;
}

struct search_by_address {
  std::uint64_t address;
  std::optional<code_location> found;
};

int look_for_address(dl_phdr_info* info, std::size_t, void* data) {
  auto& search = *static_cast<search_by_address*>(data);
  const auto offset = search.address - info->dlpi_addr;
  if (!holds_code_at(*info, offset))
    return 0;
  search.found = code_location{hash_of(*info), offset};
  return 1;
}

struct search_by_location {
  code_location location;
  const void* found;
};

int look_for_location(dl_phdr_info* info, std::size_t, void* data) {
  auto& search = *static_cast<search_by_location*>(data);
  if (!holds_code_at(*info, search.location.offset) || hash_of(*info) != search.location.module)
    return 0;
  search.found = reinterpret_cast<const void*>(info->dlpi_addr + search.location.offset);
  return 1;
}

} // namespace

std::optional<code_location> location_of(const void* code) {
  search_by_address search{reinterpret_cast<std::uintptr_t>(code), std::nullopt};
  ::dl_iterate_phdr(look_for_address, &search);
  return search.found;
}

const void* address_of(const code_location& location) {
  search_by_location search{location, nullptr};
  ::dl_iterate_phdr(look_for_location, &search);
  return search.found;
}

} // namespace troupe::detail
