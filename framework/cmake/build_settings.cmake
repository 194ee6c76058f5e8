# SPDX-License-Identifier: BSD-3-Clause
# How Troupe's own targets are compiled. Nothing here reaches a project that uses Troupe.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(_oldest "${TROUPE_AT_LEAST_g++}")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(_oldest 16)
else()
  message(FATAL_ERROR "Troupe needs GCC or Clang, not ${CMAKE_CXX_COMPILER_ID}. "
                      "Remedy: cmake -D CMAKE_CXX_COMPILER=g++")
endif()
if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS _oldest)
  message(FATAL_ERROR "Troupe needs ${CMAKE_CXX_COMPILER_ID} ${_oldest} or newer, "
                      "this is ${CMAKE_CXX_COMPILER_VERSION}. Remedy: apt-get install g++")
endif()
unset(_oldest)

set(CMAKE_CXX_EXTENSIONS OFF)

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

# The object cache does without the build directory in its key, so that the builds of tests/consumer
# find the objects of this one.
find_program(TROUPE_CCACHE ccache)
mark_as_advanced(TROUPE_CCACHE)
if(TROUPE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  # Without these sloppinesses it gives up on files that use a precompiled header. None of ours uses __TIME__.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
    "${TROUPE_CCACHE}")
endif()

# Not installed: link it with $<BUILD_INTERFACE:troupe_warnings>. Errors only by preset.
add_library(troupe_warnings INTERFACE)
target_compile_options(troupe_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  # GCC 12 sees uninitialised members and overlapping copies in inlined std::variant and std::string code
  # that has neither; Clang and the sanitizers do not.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict>)
if(CMAKE_UNITY_BUILD)
  # These would be about what another source of the same piece has in its anonymous namespace.
  target_compile_options(troupe_warnings INTERFACE -Wno-shadow
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
