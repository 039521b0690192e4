# SPDX-License-Identifier: GPL-2.0-or-later
#
# Which build is this? Sets ADPATH_BUILD_VERSION, from what git knows of the checkout:
#   0.1.0                              the release: the tag v0.1.0
#   0.1.0-dev.20261127164512+g17f40f4  what comes before it: the time (UTC) and the name of the commit, which sort
#                                      as Semantic Versioning has it, also in clones without history
#   0.1.0-dev                          a copy of the sources without git
# As a script (cmake -D PROJECT_SOURCE_DIR=... -D PROJECT_VERSION=... -P), it prints it.
# In a package a "~" stands before "dev", by which Debian sorts it before the release, too.
find_package(Git QUIET)

# adpath_git(RESULT ARGUMENT...): the output of git for this checkout; empty when it fails.
function(adpath_git result)
    set(out "")
    if(GIT_FOUND AND EXISTS "${PROJECT_SOURCE_DIR}/.git")
        # The checkout may be somebody else's, as with sudo: nothing of it is run.
        execute_process(
            COMMAND "${CMAKE_COMMAND}" -E env TZ=UTC "${GIT_EXECUTABLE}" -c safe.directory=*
                -C "${PROJECT_SOURCE_DIR}" ${ARGN}
            OUTPUT_VARIABLE out OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
    set(${result} "${out}" PARENT_SCOPE)
endfunction()

adpath_git(tag describe --tags --exact-match --match "v${PROJECT_VERSION}")
adpath_git(commit log -1 --abbrev=7 --date=format-local:%Y%m%d%H%M%S --format=%cd+g%h)
if(tag)
    set(ADPATH_BUILD_VERSION "${PROJECT_VERSION}")
elseif(commit)
    set(ADPATH_BUILD_VERSION "${PROJECT_VERSION}-dev.${commit}")
else()
    set(ADPATH_BUILD_VERSION "${PROJECT_VERSION}-dev")
endif()

if(CMAKE_SCRIPT_MODE_FILE)
    execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "${ADPATH_BUILD_VERSION}")
    return()
endif()

if(ADPATH_BUILD_VERSION MATCHES "-dev$")
    message(NOTICE "adpath: no git, or no .git here: the version is ${ADPATH_BUILD_VERSION}, without the name of the commit")
endif()

# A commit or a change of branch is noticed by the next build.
adpath_git(log rev-parse --path-format=absolute --git-path logs/HEAD)
if(log AND EXISTS "${log}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${log}")
endif()
