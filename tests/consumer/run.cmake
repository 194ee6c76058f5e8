# SPDX-License-Identifier: BSD-3-Clause
# Configures, builds and runs the consumer project. Run by ctest.
# In: way (find_package or add_subdirectory), source, build, generator, compiler, build_type.

set(place "${build}/consumer/${way}")
set(options -D "CMAKE_CXX_COMPILER=${compiler}" -D "CMAKE_BUILD_TYPE=${build_type}")

# The flags of the build under test, so that its objects fit and the object cache has them already.
load_cache("${build}" READ_WITH_PREFIX theirs_
  CMAKE_CXX_FLAGS CMAKE_CXX_FLAGS_RELWITHDEBINFO CMAKE_COMPILE_WARNING_AS_ERROR)
foreach(name CMAKE_CXX_FLAGS CMAKE_CXX_FLAGS_RELWITHDEBINFO CMAKE_COMPILE_WARNING_AS_ERROR)
  if(theirs_${name})
    list(APPEND options -D "${name}=${theirs_${name}}")
  endif()
endforeach()

if(way STREQUAL "find_package")
  # A fresh install tree: a header that is no longer installed must not be found.
  file(REMOVE_RECURSE "${place}/prefix")
  execute_process(COMMAND "${CMAKE_COMMAND}" --install "${build}" --prefix "${place}/prefix"
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  list(APPEND options -D "CMAKE_PREFIX_PATH=${place}/prefix")
else()
  list(APPEND options -D "TROUPE_SOURCE=${source}")
endif()

foreach(step
    "-G;${generator};-S;${source}/tests/consumer;-B;${place}/build;${options}"
    "--build;${place}/build")
  execute_process(COMMAND "${CMAKE_COMMAND}" ${step} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
foreach(program squares tutorial)
  execute_process(COMMAND "${place}/build/${program}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
