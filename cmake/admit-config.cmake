# find_package(admit 0.1 REQUIRED) gives admit::client, the client library in C++.
include(CMakeFindDependencyMacro)
find_dependency(Boost 1.81 COMPONENTS url)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/admit-targets.cmake)
