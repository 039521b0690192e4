-- SPDX-License-Identifier: GPL-2.0-or-later
-- A post-dissector as one would write it in an afternoon: it tags the frames that belong to finding a
-- directory, and says of which kind they are. For tests/bench/run, to be measured beside adpath.
local tags = Proto("dctags", "Tags of directory discovery")
local kind = ProtoField.string("dctags.kind", "Kind")
tags.fields = { kind }

local question = Field.new("dns.qry.name")
local netlogon = Field.new("mscldap.netlogon.opcode")
local base = Field.new("ldap.baseObject")
local wanted = Field.new("ldap.AttributeDescription")
local bind = Field.new("ldap.bindRequest_element")
local message = Field.new("kerberos.msg_type")
local error_code = Field.new("kerberos.error_code")
local request = Field.new("http.request.uri")
local name = Field.new("tls.handshake.extensions_server_name")

local function tag(tree, text)
    tree:add(tags):add(kind, text)
end

function tags.dissector(_, _, tree)
    local asked = question()
    if asked and tostring(asked.value):find("^_[a-z]+%._tcp") then
        tag(tree, "srv")
    end
    if netlogon() then
        tag(tree, "ping")
    end
    if message() then
        local code = error_code()
        tag(tree, code and "kerberos error " .. tostring(code.value) or "kerberos")
    end
    if bind() then
        tag(tree, "bind")
    end
    if base() then
        local attributes = { wanted() }
        for _, attribute in ipairs(attributes) do
            local text = tostring(attribute.value):lower()
            if text == "keywords" or text == "servicebindinginformation" then
                tag(tree, "scp")
            end
        end
    end
    local uri = request()
    if uri and tostring(uri.value):lower():find("/autodiscover/", 1, true) then
        tag(tree, "autodiscover")
    end
    local host = name()
    if host and tostring(host.value):lower():find("^autodiscover%.") then
        tag(tree, "tls")
    end
end

register_postdissector(tags)
