# SPDX-License-Identifier: GPL-2.0-or-later
#
# The one place of the version. It lies here because Wireshark's source tree gets only this folder.
set(ADPATH_VERSION 0.1.0)
