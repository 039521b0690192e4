-- SPDX-License-Identifier: GPL-2.0-or-later
-- luacheck: what Wireshark's Lua knows beyond that of Lua 5.2 and 5.4.
std = "min+lua52+lua54"
max_line_length = 120
read_globals = {
    "Proto", "ProtoField", "Field", "Listener", "TextWindow", "base", "frametype", "gui_enabled", "register_menu",
    "register_postdissector", "register_stat_cmd_arg", "MENU_TOOLS_UNSORTED", "Dir", "all_field_infos", "apply_filter",
    "file_exists", "new_dialog", "open_capture_file", "persconffile_path", "retap_packets", "set_filter",
}
globals = { "adpath_lessons_menu" }
