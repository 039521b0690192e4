# SPDX-License-Identifier: GPL-2.0-or-later
#
# cpack -G DEB: a package for the Wireshark that this was built with. It goes where
# `cmake --install` goes; the version of libwireshark in its dependencies keeps it from any other.

set(CPACK_PACKAGE_NAME wireshark-plugin-adpath)
# Of what comes before a release: "~" sorts before the end of a version, "-" would begin Debian's revision.
string(REPLACE "-" "~" package_version "${ADPATH_BUILD_VERSION}")
set(CPACK_PACKAGE_VERSION "${package_version}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Active Directory discovery path for Wireshark")
set(CPACK_PACKAGE_DESCRIPTION
"Shows how clients find their Active Directory servers and services in a
capture: DNS locator lookups, LDAP pings, Kerberos tickets, binds and searches
for service connection points; who asked whom, how long it took, and how it
ended. It adds display filter fields and reports to Wireshark, tshark and
sharkd.")
# Who makes a package for others gives an address of their own: -D ADPATH_PACKAGE_CONTACT=...
set(ADPATH_PACKAGE_CONTACT "the maintainers of adpath <root@localhost>"
    CACHE STRING "Maintainer of the package")
set(CPACK_PACKAGE_CONTACT "${ADPATH_PACKAGE_CONTACT}")
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)

# Two packages for two versions of Wireshark lie side by side.
set(CPACK_DEBIAN_PACKAGE_VERSION
    "${package_version}+ws${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION}")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "wireshark | tshark")
set(CPACK_DEBIAN_PACKAGE_ENHANCES "wireshark, tshark")
set(CPACK_PACKAGING_INSTALL_PREFIX "${Wireshark_INSTALL_PREFIX}")

set(documents "share/doc/${CPACK_PACKAGE_NAME}")
install(FILES cmake/copyright DESTINATION "${documents}")
install(FILES README.md CHANGELOG.md COPYING DESTINATION "${documents}" OPTIONAL)
install(DIRECTORY docs DESTINATION "${documents}" OPTIONAL
    FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.png")
# The scripts are optional, so they lie where examples do, to be copied; and with the lessons their captures, beside
# lua/ as in the checkout. What a document points to is there: tests/capture/test_package.py follows all of it.
install(DIRECTORY lua DESTINATION "${documents}" OPTIONAL
    FILES_MATCHING PATTERN "*.lua" PATTERN "*.md" PATTERN "lesson.txt")
install(FILES testdata/PROVENANCE.md DESTINATION "${documents}/testdata" OPTIONAL)
file(GLOB lesson_files "${PROJECT_SOURCE_DIR}/lua/lessons/*/lesson.txt")
set(lesson_folders)
foreach(file IN LISTS lesson_files)
    file(STRINGS "${file}" lines REGEX "^Capture:" ENCODING UTF-8)
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^Capture:[ \t]*(testdata/[^ ]+)/[^/]+$" "\\1" folder "${line}")
        list(APPEND lesson_folders "${folder}")
    endforeach()
endforeach()
list(REMOVE_DUPLICATES lesson_folders)
foreach(folder IN LISTS lesson_folders)
    install(DIRECTORY "${folder}" DESTINATION "${documents}/testdata" FILES_MATCHING PATTERN "capture.*")
endforeach()

# CPack finds out what it lacks when all is built.
find_program(ADPATH_DPKG dpkg DOC "tells that this is a Debian, on which a package can be made")
if(ADPATH_DPKG)
    set(lacking "")
    foreach(tool dpkg-shlibdeps:dpkg-dev file:file)
        string(REGEX MATCH "[^:]+$" package "${tool}")
        string(REGEX REPLACE ":.*" "" tool "${tool}")
        find_program(ADPATH_TOOL_${package} ${tool} DOC "cpack -G DEB needs it")
        mark_as_advanced(ADPATH_TOOL_${package})
        if(NOT ADPATH_TOOL_${package})
            string(APPEND lacking " ${package}")
        endif()
    endforeach()
    if(lacking)
        message(NOTICE "To make a package (cpack -G DEB, the target package): apt-get install${lacking}; nothing else needs that")
    endif()
endif()

include(CPack)
