# SPDX-License-Identifier: BSD-3-Clause
# Reads .ci/packages and sets TROUPE_VERSIONS_<package> to a version range for find_package,
# e.g. TROUPE_VERSIONS_libcaf-dev = 0.17.6...<0.18, and TROUPE_AT_LEAST_<package>.

set(_list "${PROJECT_SOURCE_DIR}/.ci/packages")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${_list}")
file(STRINGS "${_list}" _lines REGEX "^[a-z]")

foreach(_line IN LISTS _lines)
  if(NOT _line MATCHES "^([^ ]+) +([^ ]+) +([^ ]+) +[a-z]+$")
    message(FATAL_ERROR "${_list}: not 'package at-least below group': ${_line}")
  endif()
  set(TROUPE_AT_LEAST_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
  set(TROUPE_VERSIONS_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
  if(NOT CMAKE_MATCH_3 STREQUAL "-")
    string(APPEND TROUPE_VERSIONS_${CMAKE_MATCH_1} "...<${CMAKE_MATCH_3}")
  endif()
endforeach()
unset(_list)
unset(_lines)
unset(_line)
