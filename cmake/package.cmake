# What strangers get: `cmake --install` with programs, library, manual pages and completion, and
# find_package(admit). Examples and tests/package use the library as it is installed.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# All that client/client.hpp and client/blocking_client.hpp include, and nothing else. Beast and
# nlohmann are not among what these include in turn; tests/package holds both.
set(public_headers
    client/address.hpp client/blocking_client.hpp client/calls.hpp client/client.hpp
    client/http_message.hpp client/lease.hpp client/options.hpp client/result.hpp
    client/async/canceller.hpp client/async/completion.hpp client/async/holding.hpp
    client/policy/time.hpp
    proto/answers.hpp proto/codec.hpp proto/errc.hpp proto/few.hpp proto/limits.hpp proto/requests.hpp
    proto/values.hpp)

# "client/lease.hpp" could be anybody's: outside of this tree it is <admit/client/lease.hpp>.
set(include_dir ${PROJECT_BINARY_DIR}/include)
foreach(header IN LISTS public_headers)
    add_custom_command(
        OUTPUT ${include_dir}/admit/${header}
        DEPENDS ${header} cmake/public_header.cmake
        COMMAND ${CMAKE_COMMAND} -D FROM=${PROJECT_SOURCE_DIR}/${header}
            -D TO=${include_dir}/admit/${header} -P ${PROJECT_SOURCE_DIR}/cmake/public_header.cmake
        COMMENT "" VERBATIM)
    cmake_path(GET header PARENT_PATH folder)
    install(FILES ${include_dir}/admit/${header}
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/admit/${folder})
endforeach()
list(TRANSFORM public_headers PREPEND ${include_dir}/admit/)
add_custom_target(admit_public_headers ALL DEPENDS ${public_headers})

foreach(library client proto)
    add_library(admit::${library} ALIAS admit_${library})
    add_dependencies(admit_${library} admit_public_headers)
    set_target_properties(admit_${library} PROPERTIES EXPORT_NAME ${library})
    # The definitions of the tree are not passed on: Asio has the same layout without them.
    target_compile_features(admit_${library} INTERFACE cxx_std_20)
    target_include_directories(admit_${library} INTERFACE $<BUILD_INTERFACE:${include_dir}>
                               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/admit)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/admit-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(TARGETS admit admitd)
install(TARGETS admit_client admit_proto EXPORT admit)
install(EXPORT admit NAMESPACE admit:: FILE admit-targets.cmake DESTINATION ${package_dir})
install(FILES cmake/admit-config.cmake ${PROJECT_BINARY_DIR}/admit-config-version.cmake
        DESTINATION ${package_dir})

install(FILES docs/man/admit.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/man/admitd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
# Where bash looks for it by the name of the command.
install(FILES docs/completion/admit.bash RENAME admit
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
