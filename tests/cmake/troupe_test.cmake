# SPDX-License-Identifier: BSD-3-Clause
#
#   troupe_test(name LABEL unit|seeded|process|faults SOURCES file...
#               [TIMEOUT seconds] [SERIAL] [NOSAN] [NOTSAN])
#
# makes one Catch2 program and registers it with ctest.
#   unit     deterministic, no sleeps, no wall clock
#   seeded   many interleavings; a failure prints its seed
#   process  real workers and signals, each with a deadline of its own
#   faults   one row of the table of faults; always runs alone
#   SERIAL   no other test runs at the same time
#   NOSAN    left out of the sanitizer suites; say why beside the call
#   NOTSAN   left out of the suite under ThreadSanitizer only; say why, too

set(TROUPE_TEST_TIMEOUT_FACTOR 1 CACHE STRING "Multiplies test time limits; sanitizers need it")

set(_troupe_timeout_unit 30)
set(_troupe_timeout_seeded 60)
set(_troupe_timeout_process 60)
set(_troupe_timeout_faults 120)

function(troupe_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL;NOSAN;NOTSAN" "LABEL;TIMEOUT" "SOURCES")
  if(NOT arg_LABEL MATCHES "^(unit|seeded|process|faults)$")
    message(FATAL_ERROR "troupe_test(${name}): LABEL must be unit, seeded, process or faults")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT ${_troupe_timeout_${arg_LABEL}})
  endif()
  math(EXPR timeout "${arg_TIMEOUT} * ${TROUPE_TEST_TIMEOUT_FACTOR}")

  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE troupe_test_main troupe_warnings)
  target_precompile_headers(test_${name} REUSE_FROM troupe_test_main)
  # Tests may look at private headers, as "link/ring.hpp".
  target_include_directories(test_${name} PRIVATE
    "${PROJECT_SOURCE_DIR}/framework/src" "${PROJECT_SOURCE_DIR}/actors/src" "${PROJECT_SOURCE_DIR}/tests")

  add_test(NAME ${name} COMMAND test_${name})
  set(labels ${arg_LABEL})
  if(arg_NOSAN)
    list(APPEND labels nosan)
  endif()
  if(arg_NOTSAN)
    list(APPEND labels notsan)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${timeout})
  if(arg_SERIAL OR arg_LABEL STREQUAL "faults")
    set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
  endif()
endfunction()
