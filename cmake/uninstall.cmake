# SPDX-License-Identifier: GPL-2.0-or-later
# Removes the files that `cmake --install` has listed in MANIFEST.
if(NOT EXISTS "${MANIFEST}")
    message("adpath: nothing was installed from this build folder")
    return()
endif()
file(STRINGS "${MANIFEST}" files)
foreach(name IN LISTS files)
    set(path "$ENV{DESTDIR}${name}")
    if(EXISTS "${path}" OR IS_SYMLINK "${path}")
        file(REMOVE "${path}")
        # REMOVE says nothing when it may not.
        if(EXISTS "${path}")
            message(FATAL_ERROR "cannot remove ${path}: run this with the rights that installed it")
        endif()
        message("removed ${path}")
    endif()
endforeach()
file(REMOVE "${MANIFEST}")
