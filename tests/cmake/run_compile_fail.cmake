# SPDX-License-Identifier: BSD-3-Clause
# Run by ctest; see troupe_compile_fail.cmake. In: compiler, dirs, source, match.

list(TRANSFORM dirs PREPEND "-I")
set(ENV{LC_ALL} C)  # plain quotes, English
execute_process(
  COMMAND "${compiler}" -std=c++20 -D CEREAL_THREAD_SAFE=1 -fsyntax-only -fmessage-length=0 ${dirs} "${source}"
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output)

if(result EQUAL 0)
  message(FATAL_ERROR "the compiler accepts ${source}")
elseif(output MATCHES "No such file or directory|file not found")
  message(FATAL_ERROR "a file is missing, which is not the failure that was meant:\n${output}")
elseif(NOT output MATCHES "${match}")
  message(FATAL_ERROR "the compiler's words do not match '${match}':\n${output}")
endif()
message(STATUS "rejected, as it should be")
