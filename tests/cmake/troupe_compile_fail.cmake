# SPDX-License-Identifier: BSD-3-Clause
#
#   troupe_compile_fail(name SOURCE file.cpp MATCH "regex")
#
# registers the test compile_fail.<name>: it passes when the compiler rejects the file and the regex
# matches what the compiler says. A missing header is never the failure that was meant.

set(_troupe_compile_fail_script "${CMAKE_CURRENT_LIST_DIR}/run_compile_fail.cmake")

# A directory the compiler searches by itself must not be named again: its order would change.
get_target_property(_troupe_compile_fail_dirs cereal::cereal INTERFACE_INCLUDE_DIRECTORIES)
list(REMOVE_ITEM _troupe_compile_fail_dirs ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
list(APPEND _troupe_compile_fail_dirs
  "${PROJECT_SOURCE_DIR}/framework/include" "${PROJECT_SOURCE_DIR}/actors/include")

function(troupe_compile_fail name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE;MATCH" "")
  if(NOT arg_SOURCE OR NOT arg_MATCH)
    message(FATAL_ERROR "troupe_compile_fail(${name}): SOURCE and MATCH are needed")
  endif()
  add_test(NAME compile_fail.${name} COMMAND "${CMAKE_COMMAND}"
    -D "compiler=${CMAKE_CXX_COMPILER}"
    -D "dirs=${_troupe_compile_fail_dirs}"
    -D "source=${CMAKE_CURRENT_SOURCE_DIR}/${arg_SOURCE}"
    -D "match=${arg_MATCH}"
    -P "${_troupe_compile_fail_script}")
  set_tests_properties(compile_fail.${name} PROPERTIES LABELS compile_fail TIMEOUT 120)
endfunction()
