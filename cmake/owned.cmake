# SPDX-License-Identifier: GPL-2.0-or-later

# adpath_owned(RESULT PATH...): "package: path" of those files that a package of Debian's form has put there. Empty
# where there is none, and no dpkg.
function(adpath_owned result)
    set(lines)
    if(ARGN)
        execute_process(COMMAND dpkg -S ${ARGN} OUTPUT_VARIABLE out ERROR_QUIET RESULT_VARIABLE status)
        string(REPLACE "\n" ";" lines "${out}")
        list(FILTER lines INCLUDE REGEX ": /")
    endif()
    set(${result} "${lines}" PARENT_SCOPE)
endfunction()
