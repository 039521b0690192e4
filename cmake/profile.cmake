# SPDX-License-Identifier: GPL-2.0-or-later
#
# Puts the profile of the plugin into a folder of Wireshark's profiles, or takes it out again:
#
#   cmake -D FROM=<folder> -D INTO=<folder> -P cmake/profile.cmake     installs
#   cmake -D REMOVE=<folder> -P cmake/profile.cmake                    removes
#
# A list in the installed folder tells what its files were like. As long as they are still so, the
# profile is replaced by a newer one and removed with the plugin; one that its user has changed
# stays as it is. Wireshark itself keeps the widths of the columns in "recent", so that is nobody's
# change.

cmake_minimum_required(VERSION 3.16)

set(list_name "adpath-installed")
set(not_counted "recent")

# Sets ${result} to lines "sum  name" for the files of the folder that count.
function(sums_of folder result)
    set(lines)
    file(GLOB names RELATIVE "${folder}" "${folder}/*")
    foreach(name IN LISTS names)
        if(NOT name IN_LIST not_counted AND NOT name STREQUAL list_name)
            file(SHA256 "${folder}/${name}" sum)
            list(APPEND lines "${sum}  ${name}")
        endif()
    endforeach()
    set(${result} "${lines}" PARENT_SCOPE)
endfunction()

# Sets ${result} to what is changed in the folder, empty when nothing is. A folder without a list
# may be a copy that Wireshark itself has made of the profile for everybody: then ${lines} say
# what that is like.
function(changes_in folder lines result)
    set(changed)
    if(EXISTS "${folder}/${list_name}")
        file(STRINGS "${folder}/${list_name}" lines)
    endif()
    sums_of("${folder}" now)
    foreach(line IN LISTS lines now)
        if(NOT line IN_LIST lines OR NOT line IN_LIST now)
            string(REGEX REPLACE "^[0-9a-f]+  " "" name "${line}")
            list(APPEND changed "${name}")
        endif()
    endforeach()
    list(REMOVE_DUPLICATES changed)
    string(REPLACE ";" ", " changed "${changed}")
    set(${result} "${changed}" PARENT_SCOPE)
endfunction()

function(install_profile from into)
    sums_of("${from}" lines)
    if(EXISTS "${into}")
        changes_in("${into}" "${lines}" changed)
        if(changed)
            message("adpath: the profile ${into} was changed (${changed}) and stays as it is; to get "
                "the one of this version, rename it and install again")
            return()
        endif()
        sums_of("${into}" old)
        list(TRANSFORM old REPLACE "^[0-9a-f]+  " "${into}/")
        file(REMOVE ${old})
    endif()
    file(GLOB names RELATIVE "${from}" "${from}/*")
    foreach(name IN LISTS names)
        if(NOT name IN_LIST not_counted OR NOT EXISTS "${into}/${name}")
            file(COPY "${from}/${name}" DESTINATION "${into}"
                FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
                DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
                    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
        endif()
    endforeach()
    string(REPLACE ";" "\n" text "${lines}")
    file(WRITE "${into}/${list_name}" "${text}\n")
endfunction()

function(remove_profile folder)
    if(NOT EXISTS "${folder}/${list_name}")
        return()
    endif()
    changes_in("${folder}" "" changed)
    if(changed)
        message("adpath: the profile ${folder} was changed (${changed}) and stays")
        file(REMOVE "${folder}/${list_name}")
    else()
        file(REMOVE_RECURSE "${folder}")
        message("adpath: removed ${folder}")
    endif()
endfunction()

if(REMOVE)
    remove_profile("${REMOVE}")
elseif(FROM AND INTO)
    install_profile("${FROM}" "${INTO}")
else()
    message(FATAL_ERROR "usage: see the top of cmake/profile.cmake")
endif()
