-- site_column.lua: a field of your own that is made of adpath's, to be shown as a column.
--
-- Copy it into the folder of personal Lua plugins, or try it:
--
--   tshark -r capture.pcapng -X lua_script:site_column.lua -Y adpath_site -T fields -e frame.number -e adpath_site.note
--
-- In Wireshark: right-click the line "Site" in the details of a ping's reply, Apply as Column.
-- Works with the module and with adpath_lite.lua.
--
-- SPDX-License-Identifier: GPL-2.0-or-later

local client_site, dc_site = Field.new("adpath.ping.client_site"), Field.new("adpath.ping.dc_site")
local proto = Proto("adpath_site", "Sites of client and controller")
local note = ProtoField.string("adpath_site.note", "Site")

proto.fields = { note }

function proto.dissector(_, _, tree)
    local client, dc = client_site(), dc_site()
    local text

    if not client or not dc then
        return
    end
    client, dc = client.value, dc.value
    if client == "" then
        text = "no site: the client's subnet is in none"
    elseif client:lower() == dc:lower() then
        text = client
    else
        text = client .. " (the controller is in " .. dc .. ")"
    end
    tree:add(proto):add(note, text):set_generated()
end

-- After adpath, which is registered by now.
register_postdissector(proto)
