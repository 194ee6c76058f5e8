# SPDX-License-Identifier: BSD-3-Clause
# Installs libraries, headers and the CMake package `troupe`.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(_package "${CMAKE_INSTALL_LIBDIR}/cmake/troupe")

set_target_properties(troupe_framework PROPERTIES EXPORT_NAME framework)
set_target_properties(troupe_actors PROPERTIES EXPORT_NAME actors)

install(TARGETS troupe_framework troupe_actors troupe
  EXPORT troupeTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT troupeTargets NAMESPACE troupe:: DESTINATION "${_package}")

configure_package_config_file(
  framework/cmake/troupeConfig.cmake.in "${PROJECT_BINARY_DIR}/troupeConfig.cmake"
  INSTALL_DESTINATION "${_package}"
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/troupeConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/troupeConfig.cmake"
  "${PROJECT_BINARY_DIR}/troupeConfigVersion.cmake"
  framework/cmake/FindCAF.cmake
  DESTINATION "${_package}")
unset(_package)
