# SPDX-License-Identifier: GPL-2.0-or-later
#
# For 64-bit Windows, with the C runtime that the official Wireshark uses (UCRT). Debian's compiler
# takes the older one, unless its specs are changed: tests/windows/run writes them to ucrt.specs,
# beside the SDK.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_C_FLAGS_INIT "-specs=$ENV{ADPATH_UCRT_SPECS} -D_UCRT")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
