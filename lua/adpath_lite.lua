-- adpath_lite.lua: the core of adpath in one file, for a Wireshark (4.0 or newer) that cannot load the module.
--
-- Copy it into the folder that Help > About Wireshark > Folders calls "Personal Lua Plugins", and start Wireshark
-- again. It makes the same fields as the module, with the same values, for SRV lookups, LDAP pings, searches for
-- service connection points, Kerberos exchanges with KDCs, in LDAP, HTTP and SMB, and NTLM where Kerberos was tried;
-- and Tools > AD Discovery Path (lite), which is a text report. In tshark: tshark -q -r FILE -z adpath,lite
--
-- What it does not do: no paths, stages, outcomes or verdict, no findings but ntlm-fallback, no causes, no commands, no
-- JSON, no tables, no flow graph; no steps for addresses, binds, the rootDSE, TLS, hidden LDAP, autodiscover and
-- changes of passwords. It does not know machines behind one address, two addresses of one machine, lost or fragmented
-- packets, answers from another server than the one that was asked, NTLM with proxies, signed LDAP whose bind is not
-- in the capture, mDNS. E-mail addresses always stand as <mailbox>. Its fields: docs/filters.md, "One Lua file".
--
-- What it costs: Wireshark makes a protocol tree for every packet of a file, which the module does not. Where the
-- module is loaded, this file does nothing.
--
-- SPDX-License-Identifier: GPL-2.0-or-later
-- Runs on Lua 5.2 (Wireshark 4.0, 4.2) and 5.4 (4.4 and newer): no bit operators, no bit32, no integer division.

local NAME = "adpath"

-- The module has a tap of this name, and another copy of this file would have the protocol.
for _, tap in ipairs(Listener.list()) do
    if tap == NAME then
        return
    end
end
local is_free, proto = pcall(Proto, NAME, "Active Directory Discovery Path")
if not is_free then
    return
end

-- What a capture may make it keep. The report says when one is reached.
local MAX = {
    text = 4096,       -- bytes of a text that is shown
    steps = 200000,    -- of a capture
    records = 256,     -- of a DNS answer
    attributes = 256,  -- of a search
    values = 1024,     -- of an attribute, wildcards of a filter
    entries = 4096,    -- of a search
    nodes = 2000,      -- of a filter
    depth = 32,        -- of a filter
    components = 16,   -- of a Kerberos name
    nesting = 6,       -- of GSS tokens
    waiting = 16,      -- requests to a KDC from one port
    header = 65536,    -- bytes of HTTP headers
    uses = 64,         -- of NTLM with one host that are cited
    report = 5000,     -- lines
}
local RETRY_WINDOW = 30      -- seconds: later, the same bytes on the same ports are a new request
local COPY_WINDOW = 0.001    -- two taps deliver a packet twice within this time
local LATE_WINDOW = 0.005    -- or a request a moment after its answer
local FORWARD_WINDOW = 10    -- a resolver hands on what it was asked

---- fields ----

-- name, type, title: rows of the module's catalogue (plugins/adpath/facts/fields.h).
local CATALOGUE = {
    { "step", "string", "Step" },
    { "client", "string", "Client" },
    { "server", "string", "Server" },
    { "request", "framenum", "Request in", base.NONE, frametype.REQUEST },
    { "response", "framenum", "Response in", base.NONE, frametype.RESPONSE },
    { "finding", "string", "Finding" },
    { "srv.name", "string", "Name" },
    { "srv.service", "string", "Service" },
    { "srv.proto", "string", "Protocol" },
    { "srv.role", "string", "Role" },
    { "srv.site", "string", "Site" },
    { "srv.domain", "string", "Domain" },
    { "srv.result", "string", "Result" },
    { "srv.target", "string", "Target" },
    { "srv.port", "uint16", "Port", base.DEC },
    { "srv.priority", "uint16", "Priority", base.DEC },
    { "srv.weight", "uint16", "Weight", base.DEC },
    { "ping.domain", "string", "Domain" },
    { "ping.host", "string", "DC host" },
    { "ping.dc_site", "string", "DC site" },
    { "ping.client_site", "string", "Client site" },
    { "ping.next_site", "string", "Next closest site" },
    { "ping.closest", "bool", "Closest" },
    { "ping.opcode", "uint16", "Opcode", base.DEC },
    { "ping.flags", "uint32", "Flags", base.HEX },
    { "ping.forest", "string", "Forest" },
    { "krb.exchange", "string", "Exchange" },
    { "krb.error", "int32", "Error", base.DEC },
    { "krb.error_name", "string", "Error name" },
    { "krb.spn", "string", "Service principal" },
    { "krb.realm", "string", "Realm" },
    { "krb.carrier", "string", "Carrier" },
    { "scp.kind", "string", "SCP kind" },
    { "ldap.base", "string", "Base" },
    { "ldap.scope", "string", "Scope" },
    { "ldap.filter", "string", "Filter" },
    { "ldap.attribute", "string", "Attribute" },
    { "ldap.result", "uint32", "Result", base.DEC },
    { "ldap.result_name", "string", "Result name" },
    { "ldap.diagnostic", "string", "Diagnostic" },
    { "ldap.entries", "uint32", "Entries", base.DEC },
    { "scp.entry", "string", "Entry" },
    { "scp.dn", "string", "DN" },
    { "scp.binding", "string", "Binding" },
    { "scp.host", "string", "Host" },
    { "scp.keyword", "string", "Keyword" },
    { "scp.site", "string", "Site" },
    { "scp.domain", "string", "Mail domain" },
    { "scp.rank", "uint32", "Rank", base.DEC },
    { "scp.rank_reason", "string", "Reason of rank" },
}
local fields = {}
do
    local list = {}

    for _, row in ipairs(CATALOGUE) do
        local made

        if row[4] then
            made = ProtoField[row[2]](NAME .. "." .. row[1], row[3], row[4], row[5])
        else
            made = ProtoField[row[2]](NAME .. "." .. row[1], row[3])
        end
        fields[row[1]] = made
        list[#list + 1] = made
    end
    proto.fields = list
end

---- text of packets, safe to show ----

local byte, char, format, lower = string.byte, string.char, string.format, string.lower
local concat, floor = table.concat, math.floor

local function bit(value, weight)
    return floor(value / weight) % 2 == 1
end

-- Those of Unicode's format characters that turn or hide text, and what is no letter at all.
local function is_printable(code)
    return code >= 0x20 and code ~= 0x7f and not (code >= 0x80 and code <= 0x9f) and code ~= 0xad
        and not (code >= 0x200b and code <= 0x200f) and not (code >= 0x2028 and code <= 0x202e)
        and not (code >= 0x2060 and code <= 0x206f) and code ~= 0xfeff
        and not (code >= 0xfff0 and code <= 0xfffb)
end

-- How many bytes the letter at `i` takes, and its code; nil where there is no valid one (UTF-8).
local function letter_at(s, i)
    local first = byte(s, i)
    local count, least, code

    if first < 0x80 then
        return 1, first
    elseif first >= 0xc2 and first <= 0xdf then
        count, least, code = 2, 0x80, first - 0xc0
    elseif first >= 0xe0 and first <= 0xef then
        count, least, code = 3, 0x800, first - 0xe0
    elseif first >= 0xf0 and first <= 0xf4 then
        count, least, code = 4, 0x10000, first - 0xf0
    else
        return nil
    end
    for k = 1, count - 1 do
        local more = byte(s, i + k)

        if not more or more < 0x80 or more > 0xbf then
            return nil
        end
        code = code * 64 + more - 0x80
    end
    if code < least or code > 0x10ffff or (code >= 0xd800 and code <= 0xdfff) then
        return nil
    end
    return count, code
end

-- Text of a packet: printable letters stand for themselves, every other byte is \xNN.
local function show(s)
    local stop = #s
    local out, length, i

    if stop <= MAX.text and not s:find("[^\32-\126]") then
        return s
    end
    -- Some servers end their texts with a NUL.
    while stop > 0 and byte(s, stop) == 0 do
        stop = stop - 1
    end
    s = s:sub(1, stop)
    out, length, i = {}, 0, 1
    while i <= stop do
        local count, code = letter_at(s, i)
        local piece

        if length >= MAX.text then
            out[#out + 1] = "..."
            break
        end
        if count and is_printable(code) then
            piece = s:sub(i, i + count - 1)
        else
            piece, count = format("\\x%02x", byte(s, i)), 1
        end
        out[#out + 1] = piece
        length = length + #piece
        i = i + count
    end
    return concat(out)
end

local function same(a, b)
    return a ~= nil and b ~= nil and lower(a) == lower(b)
end

local function begins(text, prefix)
    return lower(text:sub(1, #prefix)) == lower(prefix)
end

local function is_local_part(c)
    return c >= 0x80 or (c >= 48 and c <= 57) or (c >= 65 and c <= 90) or (c >= 97 and c <= 122)
        or (".!#$%&'*+-/?^_`{|}~"):find(char(c), 1, true) ~= nil
end

local function is_domain(c)
    return c ~= nil and (c >= 0x80 or (c >= 48 and c <= 57) or (c >= 65 and c <= 90) or (c >= 97 and c <= 122)
        or c == 45 or c == 46)
end

-- How an @ may be spelled: as itself, in a URL, in a filter, in a DNS name.
local AT_SIGNS = { "@", "%40", "\\40", "\\064" }

local function at_sign(text, i)
    for _, spelling in ipairs(AT_SIGNS) do
        if text:sub(i, i + #spelling - 1) == spelling then
            return #spelling
        end
    end
    return 0
end

-- E-mail addresses become <mailbox>. One pass: what lies before a place is remembered.
local function masked(text)
    local run, done, i, out = 1, 1, 1, {}
    local quote, quote_before, slash, in_url

    if not text:find("[@%%\\]") then
        return text
    end
    while i <= #text do
        local length = at_sign(text, i)
        local c

        if length > 0 then
            local start, stop = math.max(run, done), i + length

            if i > done and byte(text, i - 1) == 34 then
                start = quote_before and quote_before >= done and quote_before or i
            elseif in_url and slash and slash >= start then
                start = slash + 1
            end
            while is_domain(byte(text, stop)) do
                stop = stop + 1
            end
            if start ~= i and text:sub(i + length, stop - 1):find(".", 1, true) then
                out[#out + 1] = text:sub(done, start - 1) .. "<mailbox>"
                done, i = stop, stop - 1
            end
        end
        c = byte(text, i)
        if not is_local_part(c) then
            run = i + 1
        end
        if c == 34 then
            quote, quote_before = i, quote
        elseif c == 47 then
            in_url = in_url or (i > 2 and text:sub(i - 2, i - 1) == ":/")
            slash = i
        end
        i = i + 1
    end
    return concat(out) .. text:sub(done)
end

---- BER (definite lengths only, as LDAP and Kerberos use it) ----

local UNI, APP, CON = 0, 1, 2
local INTEGER, OCTETS, OID, ENUM, SEQUENCE, SET = 2, 4, 6, 10, 16, 17

-- A cursor over the bytes from i up to, but without, stop.
local function cursor(s, i, stop)
    return { s = s, i = i or 1, stop = stop or #s + 1, cut = false }
end

-- The next element: class, tag, a cursor over its content. nil: its header is not whole.
local function next_of(c)
    local s, i, stop = c.s, c.i, c.stop
    local class, tag, length, content

    if stop - i < 2 then
        return nil
    end
    tag = byte(s, i)
    class, tag, i = floor(tag / 64), tag % 32, i + 1
    if tag == 31 then
        local octet

        tag = 0
        repeat
            if i >= stop or tag > 0xffff then
                return nil
            end
            octet = byte(s, i)
            tag, i = tag * 128 + octet % 128, i + 1
        until octet < 128
    end
    if i >= stop then
        return nil
    end
    length, i = byte(s, i), i + 1
    if length == 128 then
        return nil
    elseif length > 128 then
        local count = length - 128

        if stop - i < count then
            return nil
        end
        length = 0
        for _ = 1, count do
            length = math.min(length * 256 + byte(s, i), 0xffffffff)
            i = i + 1
        end
    end
    content = cursor(s, i, math.min(i + length, stop))
    content.cut = length > stop - i
    c.i = content.stop
    return class, tag, content
end

-- The same when it is of this sort; the cursor stays where it is when it is not.
local function take(c, class, tag)
    local before = c.i
    local found_class, found_tag, content = next_of(c)

    if found_class == class and found_tag == tag then
        return content
    end
    c.i = before
    return nil
end

-- The element with the context tag, of a sequence whose tags ascend.
local function tagged(c, tag)
    local ahead = cursor(c.s, c.i, c.stop)

    while true do
        local class, found, content = next_of(ahead)

        if class ~= CON or found > tag then
            return nil
        elseif found == tag then
            c.i = ahead.i
            return content
        end
    end
end

local function bytes_of(content)
    return content.s:sub(content.i, content.stop - 1)
end

local function text_of(content)
    return show(bytes_of(content))
end

local function integer_of(content)
    local length = content.stop - content.i
    local value

    if length < 1 or length > 8 then
        return 0
    end
    value = byte(content.s, content.i)
    value = value >= 128 and value - 256 or value
    for i = content.i + 1, content.stop - 1 do
        value = value * 256 + byte(content.s, i)
    end
    return value
end

local function uint32_of(content)
    return floor(integer_of(content) % 4294967296)
end

---- the open file ----

local S -- all that is known of it

local function reset()
    S = {
        read = 0,       -- frames are read in their order; this is the last
        records = {},   -- frame -> { step = , facts = , entries = } each
        steps = {},
        open = {},      -- exchange -> step
        conns = {},     -- connection -> { ap = , shown = }
        copies = {}, copies_before = {}, copies_at = 0,
        asked = {},     -- resolver and name -> time
        clients = {},   -- address -> { site = , forest = , domain = , own = }
        hosts = {},     -- names that a step named
        names = {},     -- address -> host
        refused = {},   -- tickets in SMB
        tried = {},     -- client and host -> Kerberos step
        ntlm = {},      -- frame -> uses
        groups = {},    -- client and host -> uses; in order, too
        limits = {},
    }
end
reset()

local function limit(what)
    if not S.limits[what] then
        S.limits[what] = true
        S.limits[#S.limits + 1] = what
    end
end

-- The step is part of the frame that is being read.
local function touch(step)
    local record = S.frame.of[step]

    if not record then
        record = { step = step, entries = {} }
        S.frame.of[step] = record
        S.frame.list[#S.frame.list + 1] = record
        step.last = S.frame.time
    end
    return record
end

local function new_step(kind, flow)
    local step = { kind = kind, client = flow.client, server = flow.server, first = S.frame.number, entries = 0 }

    S.steps[#S.steps + 1] = step
    S.full = #S.steps >= MAX.steps
    touch(step)
    return step
end

-- Was the same packet captured a moment ago? Then the frame is part of the same step.
local function is_copy(what, flow, id, raw, from_server)
    local key = concat({ what, flow.client_port, flow.server_port, id, #raw, raw:sub(1, MAX.text) }, "|")
    local now = S.frame.time
    local before

    if now - S.copies_at > COPY_WINDOW or now < S.copies_at then
        S.copies_before, S.copies, S.copies_at = S.copies, {}, now
    end
    before = S.copies[key] or S.copies_before[key]
    S.frame.key = key
    if not before or math.abs(now - before.time) > COPY_WINDOW or not before.step then
        return false
    end
    if not from_server and flow.server ~= before.flow.server and flow.client == before.flow.client
        and not flow.stream and what ~= "kdc" then
        return false -- a question to each of two servers
    end
    if from_server and flow.key ~= before.flow.key and S.open[what .. flow.key .. id] then
        return false -- the answer to a question of its own
    end
    touch(before.step)
    return true
end

local function remember(flow, step)
    S.copies[S.frame.key] = { time = S.frame.time, flow = flow, step = step }
end

-- A request: a step, or one that was asked before. `key` names the exchange.
local function ask(kind, flow, key, raw)
    local step = S.open[key]
    local now = S.frame.time

    if step and step.raw == raw and not flow.stream and now - step.last <= RETRY_WINDOW then
        touch(step)
        return step, false
    end
    if step and not step.request and step.reply and math.abs(now - step.replied) <= LATE_WINDOW and not step.closed then
        touch(step)
    else
        local older = step

        step = new_step(kind, flow)
        step.older = older
        S.open[key] = step
    end
    step.request, step.raw = S.frame.number, raw
    return step, true
end

local function answered(step, reply, raw)
    touch(step)
    if not step.reply then
        step.reply, step.answer, step.replied, step.reply_raw = S.frame.number, reply, S.frame.time, raw
    end
end

---- names in the encoding of DNS ----

local function label_of(label)
    local out, i = {}, 1

    while i <= #label do
        local count, code = letter_at(label, i)

        if code == 46 or code == 92 then
            out[#out + 1] = "\\" .. char(code)
        elseif count and code > 32 and is_printable(code) then
            out[#out + 1] = label:sub(i, i + count - 1)
        else
            for k = i, i + (count or 1) - 1 do
                out[#out + 1] = format("\\%03d", byte(label, k))
            end
        end
        i = i + (count or 1)
    end
    return concat(out)
end

-- The name at the offset (from 0), and the offset behind it; nil where it is damaged.
local function dns_name(s, offset)
    local labels, total, limit_at, behind = {}, 0, offset, nil

    while offset < #s do
        local n = byte(s, offset + 1)

        if n == 0 then
            return concat(labels, "."), behind or offset + 1
        elseif n >= 0xc0 then
            local target = (n - 0xc0) * 256 + (byte(s, offset + 2) or 0xffff)

            behind = behind or offset + 2
            -- Each pointer leads further back than all before it: no loops.
            if target >= limit_at then
                return nil
            end
            limit_at, offset = target, target
        else
            total = total + n + 1
            if n >= 0x40 or offset + 1 + n > #s or total > 255 then
                return nil
            end
            labels[#labels + 1] = label_of(s:sub(offset + 2, offset + 1 + n))
            offset = offset + n + 1
        end
    end
    return nil
end

local function be16(s, offset)
    local high, low = byte(s, offset + 1, offset + 2)

    return high * 256 + low
end

local function le16(s, offset)
    local low, high = byte(s, offset + 1, offset + 2)

    return high * 256 + low
end

local function le32(s, offset)
    return le16(s, offset + 2) * 65536 + le16(s, offset)
end

---- SRV lookups ----

local SERVICES = {
    ["_ldap"] = "domain", ["_gc"] = "gc", ["_kerberos"] = "kdc", ["_kerberos-master"] = "other",
    ["_kerberos-adm"] = "other", ["_kpasswd"] = "kpasswd", ["_autodiscover"] = "autodiscover",
}

local function split_name(name)
    local labels, start, i = {}, 1, 1

    while i <= #name do
        local c = byte(name, i)

        if c == 92 then
            i = i + 1
        elseif c == 46 then
            labels[#labels + 1] = name:sub(start, i - 1)
            start = i + 1
        end
        i = i + 1
    end
    if start <= #name then
        labels[#labels + 1] = name:sub(start)
    end
    return labels
end

-- The owner name of a locator record, taken apart; nil: it is none.
local function locator(name)
    local labels = split_name(name)
    local service = lower(labels[1] or "")
    local parts = { service = service, role = SERVICES[service] }
    local i = 2
    local domain

    if not parts.role then
        return nil
    end
    if same(labels[i], "_tcp") or same(labels[i], "_udp") then
        parts.proto, i = labels[i], i + 1
    end
    if same(labels[i + 1], "_sites") then
        parts.site, i = labels[i], i + 2
    end
    domain = i
    -- A role is one only when _msdcs follows it: a domain may begin with "dc".
    for at = i, math.min(i + 3, #labels) do
        if same(labels[at], "_msdcs") then
            local role = at > i and lower(labels[at - 1]) or ""

            domain = at + 1
            if at >= i + 2 and role == "domains" then
                parts.role = "guid"
            elseif (role == "dc" or role == "gc" or role == "pdc") and parts.role == "domain" then
                parts.role = role
            end
            break
        end
    end
    if parts.role == "domain"
        and (same(labels[domain], "ForestDnsZones") or same(labels[domain], "DomainDnsZones")) then
        parts.role = "partition"
    end
    if labels[domain] then
        parts.domain = concat(labels, ".", domain)
    end
    return parts
end

local function result_of(m)
    if m.truncated then
        return "truncated"
    elseif m.damaged then
        return nil
    elseif m.rcode == 0 then
        if #m.records == 1 and m.records[1].target == "" then
            return "not-offered"
        end
        return #m.records > 0 and "answered" or "nodata"
    end
    return m.rcode == 3 and "nxdomain" or m.rcode == 5 and "refused" or "servfail"
end

local SRV, A, OPT = 33, 1, 41

-- The records behind the question: those of SRV, the addresses of hosts, the upper bits of the code.
local function read_records(s, offset, m)
    local answers = be16(s, 6)
    local others = answers + be16(s, 8)
    local cut = false

    m.records = {}
    for i = 1, others + be16(s, 10) do
        local name, behind = dns_name(s, offset)
        local kind, length, data

        if i > MAX.records then
            limit("records of a DNS answer")
            break
        end
        if not name or behind + 10 > #s or behind + 10 + be16(s, behind + 8) > #s then
            cut = i <= answers
            break
        end
        kind, length, data = be16(s, behind), be16(s, behind + 8), behind + 10
        if kind == OPT and i > others then
            m.rcode = m.rcode % 16 + byte(s, behind + 5) * 16
        elseif kind == SRV and i <= answers and length > 6 then
            local target = dns_name(s, data + 6)

            if target then
                m.records[#m.records + 1] = {
                    priority = be16(s, data), weight = be16(s, data + 2), port = be16(s, data + 4),
                    target = show(target),
                }
                S.hosts[lower(target)] = true
            end
        elseif kind == A and length == 4 and S.hosts[lower(name)] then
            S.names[concat({ byte(s, data + 1, data + 4) }, ".")] = lower(name)
        end
        offset = data + length
    end
    m.damaged = cut and #m.records == 0
end

local function feed_dns(m, flow, raw)
    local any = "dns" .. flow.key .. "|" .. m.id
    local key = any .. "|" .. lower(m.name)
    local now = S.frame.time
    local step, handed_on

    if m.name ~= "" and is_copy("dns", flow, m.id .. "|" .. lower(m.name), raw, m.reply) then
        return
    end
    handed_on = S.asked[flow.client .. "|" .. lower(m.name)]
    if not m.reply then
        -- Who was asked the same a moment ago is a resolver, and no client.
        if handed_on and now - handed_on <= FORWARD_WINDOW then
            return
        end
        S.asked[flow.server .. "|" .. lower(m.name)] = now
        step = ask("srv", flow, key, raw)
        step.asked = step.asked or m
        S.open[any] = step
    elseif m.name == "" then
        -- Some servers return an error without the question.
        step = S.open[any]
        if not step or step.reply then
            return
        end
        answered(step, m, raw)
        return
    else
        step = S.open[key]
        if step and not step.request and step.reply_raw ~= raw then
            step = nil
        end
        if not step then
            if handed_on and now - handed_on <= FORWARD_WINDOW then
                return
            end
            step = new_step("srv", flow)
            S.open[key] = step
        end
        step.asked = step.asked or m
        answered(step, m, raw)
    end
    remember(flow, step)
end

local function read_dns(s, flows, in_tcp)
    local m, flags, name, behind, kind, flow

    if in_tcp and #s > 2 and be16(s, 0) == #s - 2 then
        s = s:sub(3)
    end
    if #s < 12 then
        return
    end
    flags = be16(s, 2)
    if floor(flags / 2048) % 16 ~= 0 then
        return
    end
    m = { id = be16(s, 0), reply = bit(flags, 32768), truncated = bit(flags, 512), rcode = flags % 16, records = {} }
    if be16(s, 4) == 0 then
        if m.reply and m.rcode ~= 0 then
            m.name = ""
            feed_dns(m, flows(true), s)
        end
        return
    end
    name, behind = dns_name(s, 12)
    if not name or behind + 4 > #s then
        return
    end
    kind = be16(s, behind)
    if kind == A and m.reply and S.hosts[lower(name)] then
        read_records(s, behind + 4, m)
    end
    if kind ~= SRV then
        return
    end
    m.name = show(name)
    m.parts = locator(m.name)
    if not m.parts then
        return
    end
    flow = flows(m.reply)
    if m.reply then
        read_records(s, behind + 4, m)
    end
    feed_dns(m, flow, s)
end

---- LDAP pings ----

-- The value of the Netlogon attribute (MS-ADTS 6.3.1.8 and 6.3.1.9).
local function read_netlogon(v)
    local r = {}
    local offset = 24

    local function name()
        local text

        if not offset then
            return nil
        end
        text, offset = dns_name(v, offset)
        return text and show(text)
    end

    -- Little-endian UTF-16; the names here are NetBIOS names.
    local function wide()
        local out, at = {}, offset

        if not at then
            return nil
        end
        while at + 1 < #v and le16(v, at) ~= 0 do
            local code = le16(v, at)

            if code < 0x80 then
                out[#out + 1] = char(code)
            elseif code < 0x800 then
                out[#out + 1] = char(0xc0 + floor(code / 64), 0x80 + code % 64)
            else
                out[#out + 1] = char(0xe0 + floor(code / 4096), 0x80 + floor(code / 64) % 64, 0x80 + code % 64)
            end
            at = at + 2
        end
        offset = at + 1 < #v and at + 2 or nil
        return offset and show(concat(out))
    end

    if #v < 2 then
        return nil
    end
    r.opcode = le16(v, 0)
    if r.opcode >= 23 and r.opcode <= 25 then
        if #v < 24 then
            return r
        end
        r.flags = le32(v, 4)
        r.forest, r.domain, r.host = name(), name(), name()
        r.netbios_domain, r.netbios_host, r.user = name(), name(), name()
        r.dc_site, r.client_site = name(), name()
        if offset and #v >= offset + 8 and le32(v, #v - 4) == 0xffffffff then
            local version = le32(v, #v - 8)

            if bit(version, 8) then
                offset = offset + 1 + byte(v, offset + 1)
            end
            if bit(version, 16) and offset + 8 < #v then
                r.next_site = name()
            end
        end
    elseif r.opcode >= 19 and r.opcode <= 21 then
        offset = 2
        r.host = wide()
        r.host = r.host and r.host:gsub("^\\+", "")
        wide()
        wide()
        if offset and #v >= offset + 51 then
            local host

            offset = offset + 32
            r.forest, r.domain, host = name(), name(), name()
            r.host = host and host ~= "" and host or r.host
            if offset and #v >= offset + 16 then
                r.flags = le32(v, offset + 4)
            end
        end
    end
    return r
end

-- Which site and forest are the client's; a controller of another forest tells a site of its own.
local function learn_ping(step, r)
    local client = S.clients[step.client] or {}
    local ping = step.asked
    local account = ping and ping.user and ping.user:sub(-1) == "$" and #ping.user > 1 and ping.user:sub(1, -2)
    local host = ping and (ping.host or ping.dns_host)

    S.clients[step.client] = client
    if r.host and r.host ~= "" then
        S.hosts[lower(r.host)] = true
        S.names[step.server] = lower(r.host)
    end
    if account and host and r.domain and r.domain ~= "" and r.opcode ~= 21 and r.opcode ~= 25 and not client.own
        and begins(host, account)
        and (#account == 15 or #host == #account or host:sub(#account + 1, #account + 1) == ".") then
        if not same(client.domain, r.domain) then
            client.forest, client.site = nil, nil
        end
        client.domain, client.own = r.domain, true
    end
    if r.client_site and (not client.forest or not r.forest or r.forest == "" or same(client.forest, r.forest)) then
        client.site = r.client_site
    end
    if r.domain and r.domain ~= "" and not client.forest and not client.own then
        client.domain = r.domain
    end
    if r.forest and r.forest ~= "" and not client.forest and (not client.own or same(client.domain, r.domain)) then
        client.forest = r.forest
    end
end

---- LDAP filters ----

local SIGNS = { [0] = "&", "|", "!", "=", "=", ">=", "<=", "=*", "~=", ":=" }
local NOT, EQUAL, SUBSTRINGS, PRESENT, EXTENSIBLE = 2, 3, 4, 7, 9 -- 0 and 1 are AND and OR
local DAMAGED = {}

local function blob_of(content)
    return content.s:sub(content.i, math.min(content.stop - 1, content.i + MAX.text - 1))
end

local function read_substrings(content, f)
    local attribute = take(content, UNI, OCTETS)
    local parts = attribute and take(content, UNI, SEQUENCE)

    if not parts then
        return false
    end
    f.attribute, f.initial, f.any, f.final = text_of(attribute), "", {}, ""
    while true do
        local class, tag, part = next_of(parts)

        if not class then
            return true
        elseif #f.any >= MAX.values then
            limit("wildcards of a filter")
            return true
        elseif tag == 0 then
            f.initial = blob_of(part)
        elseif tag == 1 then
            f.any[#f.any + 1] = blob_of(part)
        else
            f.final = blob_of(part)
        end
    end
end

local function read_extensible(content, f)
    local rule, kind, dn = nil, "", false

    f.value = ""
    while true do
        local class, tag, part = next_of(content)

        if not class then
            break
        elseif tag == 1 then
            rule = text_of(part)
        elseif tag == 2 then
            kind = text_of(part)
        elseif tag == 3 then
            f.value = blob_of(part)
        else
            dn = integer_of(part) ~= 0
        end
    end
    f.attribute = kind .. (dn and ":dn" or "") .. (rule and ":" .. rule or "")
    return true
end

-- A tree of { op, attribute, value }, or DAMAGED.
local function read_filter(c, depth, state)
    local f = {}
    local class, tag, content

    state.nodes = state.nodes + 1
    if depth > MAX.depth or state.nodes > MAX.nodes then
        limit("parts of a filter")
        return DAMAGED
    end
    class, tag, content = next_of(c)
    if class ~= CON or tag > EXTENSIBLE then
        return DAMAGED
    end
    f.op = tag
    if tag <= NOT then
        f.parts = {}
        while content.i < content.stop do
            local part = read_filter(content, depth + 1, state)

            f.parts[#f.parts + 1] = part
            if part == DAMAGED then
                return f
            end
        end
        if content.cut then
            f.parts[#f.parts + 1] = DAMAGED
        end
        return f
    elseif tag == SUBSTRINGS then
        return read_substrings(content, f) and f or DAMAGED
    elseif tag == PRESENT then
        f.attribute, f.value = text_of(content), ""
        return f
    elseif tag == EXTENSIBLE then
        return read_extensible(content, f) and f or DAMAGED
    end
    f.attribute = take(content, UNI, OCTETS)
    f.value = f.attribute and take(content, UNI, OCTETS)
    if not f.value or f.value.cut then
        return DAMAGED
    end
    f.attribute, f.value = text_of(f.attribute), blob_of(f.value)
    return f
end

local function filter_value(value)
    local out, i = {}, 1

    if not value:find("[^\32-\126]") and not value:find("[()*\\]") then
        return value
    end
    while i <= #value do
        local count, code = letter_at(value, i)

        if count and is_printable(code) and code ~= 40 and code ~= 41 and code ~= 42 and code ~= 92 then
            out[#out + 1] = value:sub(i, i + count - 1)
        else
            out[#out + 1], count = format("\\%02x", byte(value, i)), 1
        end
        i = i + count
    end
    return concat(out)
end

-- RFC 4515.
local function filter_text(f, out)
    if f == DAMAGED then
        out[#out + 1] = "(?)"
        return out
    end
    out[#out + 1] = "("
    if f.op <= NOT then
        out[#out + 1] = SIGNS[f.op]
        for _, part in ipairs(f.parts) do
            filter_text(part, out)
        end
    else
        out[#out + 1] = f.attribute:gsub("[^%w%-.;:_@]", function(c)
            return format("\\x%02x", byte(c))
        end)
        out[#out + 1] = SIGNS[f.op]
        if f.op == SUBSTRINGS then
            out[#out + 1] = filter_value(f.initial) .. "*"
            for _, part in ipairs(f.any) do
                out[#out + 1] = filter_value(part) .. "*"
            end
            out[#out + 1] = filter_value(f.final)
        else
            out[#out + 1] = filter_value(f.value)
        end
    end
    out[#out + 1] = ")"
    return out
end

-- The first leaf, not below a NOT, of which `test` is true.
local function find_leaf(f, test, negated)
    if f == DAMAGED then
        return nil
    elseif f.op <= NOT then
        for _, part in ipairs(f.parts) do
            local found = find_leaf(part, test, negated ~= (f.op == NOT))

            if found then
                return found
            end
        end
        return nil
    end
    return not negated and test(f) and f or nil
end

local function equal_to(f, attribute)
    local leaf = find_leaf(f, function(l)
        return l.op == EQUAL and same(l.attribute, attribute)
    end, false)

    return leaf and show(leaf.value)
end

---- service connection points ----

local URL_GUID, POINTER_GUID = "77378F46-2C66-4aa9-A6A6-3E7A48B19596", "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"

-- kind, how it is recognised, pattern: the rows of the module's wire/scp.c; the first that matches decides.
local SIGNATURES = {
    { "exchange", "keyword", URL_GUID },
    { "exchange", "keyword", POINTER_GUID },
    { "exchange", "service class", "ms-Exchange-AutoDiscover-Service" },
    { "exchange", "binding", "autodiscover" },
    { "exchange", "below", "CN=Autodiscover,CN=Protocols," },
    { "exchange", "below", "CN=Microsoft Exchange Autodiscover,CN=Services," },
    { "hybrid-join", "keyword begins", "azureADName:" },
    { "hybrid-join", "keyword begins", "azureADId:" },
    { "hybrid-join", "keyword begins", "enterpriseDrsName:" },
    { "hybrid-join", "cn", "62a0ff2e-97b9-4513-943f-0d221bd30080" },
    { "hybrid-join", "dn",
        "CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=Services," },
    { "rms", "keyword", "MSRMRootCluster" },
    { "rms", "dn", "CN=SCP,CN=RightsManagementServices,CN=Services," },
    { "rms", "dn", "CN=MSRMRootCluster,CN=RightsManagementServices,CN=Services," },
    { "password-protection", "keyword begins", "{ebefb703-6113-413d-9167-9f8dd4d24468}" },
    { "password-protection", "keyword begins", "{2bac71e6-a293-4d5b-ba3b-50b995237946}" },
    { "hyper-v", "cn", "Microsoft Hyper-V" },
    { "hyper-v", "dn", "CN=Microsoft Hyper-V," },
    { "vm-guest", "cn", "Windows Virtual Machine" },
    { "vm-guest", "dn", "CN=Windows Virtual Machine," },
    { "rd-licensing", "cn", "TermServLicensing" },
    { "rd-licensing", "dn", "CN=TermServLicensing," },
    { "scom", "cn", "SDKServiceSCP" },
    { "scom", "cn", "HealthServiceSCP" },
    { "scom", "dn", "CN=SDKServiceSCP," },
    { "scom", "dn", "CN=HealthServiceSCP," },
    { "ad-lds", "keyword begins", "partition:" },
    { "ad-lds", "keyword begins", "instance:" },
    { "ad-lds", "keyword begins", "fsmo:" },
    { "ad-lds", "keyword begins", "site:" },
    { "sql", "class", "mS-SQL-SQLServer" },
    { "wds", "class", "intellimirrorSCP" },
    { "wds", "class", "Intellimirror-SCP" },
}

-- Does the DN, from its i-th byte on, begin with these names? Spaces after commas do not count.
local function dn_begins(dn, pattern, i)
    local at_border = false

    i = i or 1

    for k = 1, #pattern do
        local c = pattern:sub(k, k)

        if not (at_border and c == " ") then
            while at_border and dn:sub(i, i) == " " do
                i = i + 1
            end
            if lower(dn:sub(i, i)) ~= lower(c) then
                return false
            end
            i, at_border = i + 1, c == ","
        end
    end
    return at_border or i > #dn or dn:sub(i, i) == ","
end

local function dn_is_below(dn, pattern)
    local at_border, i = true, 1

    while i <= #dn do
        local c = dn:sub(i, i)

        if at_border and c ~= " " then
            if dn_begins(dn, pattern, i) then
                return true
            end
            at_border = false
        end
        if c == "\\" then
            i = i + 1
        elseif c == "," then
            at_border = true
        end
        i = i + 1
    end
    return false
end

-- (keywords=azureADId*) lacks the colon and means the same.
local function value_begins(leaf, pattern)
    local value = leaf.op == SUBSTRINGS and leaf.initial or leaf.op == EQUAL and leaf.value or ""
    local length = #pattern

    if leaf.op == SUBSTRINGS and #value >= 6 then
        length = math.min(length, #value)
    end
    return #value >= length and value ~= "" and begins(value, pattern:sub(1, length))
end

local function contains(leaf, pattern)
    local parts = leaf.op == SUBSTRINGS and { leaf.initial, leaf.final, concat(leaf.any, "\0") } or { leaf.value }

    for _, part in ipairs(parts) do
        if lower(part):find(pattern, 1, true) then
            return true
        end
    end
    return false
end

local function is_class(leaf)
    return leaf.op == EQUAL and (same(leaf.attribute, "objectClass") or same(leaf.attribute, "objectCategory"))
end

local MATCH = {
    keyword = function(leaf, pattern)
        return leaf.op == EQUAL and same(leaf.attribute, "keywords") and same(leaf.value, pattern)
    end,
    ["keyword begins"] = function(leaf, pattern)
        return same(leaf.attribute, "keywords") and value_begins(leaf, pattern)
    end,
    ["service class"] = function(leaf, pattern)
        return leaf.op == EQUAL and same(leaf.attribute, "serviceClassName") and same(leaf.value, pattern)
    end,
    binding = function(leaf, pattern)
        return same(leaf.attribute, "serviceBindingInformation") and contains(leaf, pattern)
    end,
    cn = function(leaf, pattern)
        return leaf.op == EQUAL and (same(leaf.attribute, "cn") or same(leaf.attribute, "name"))
            and same(leaf.value, pattern)
    end,
    class = function(leaf, pattern)
        return is_class(leaf) and (same(leaf.value, pattern) or dn_begins(leaf.value, "CN=" .. pattern .. ","))
    end,
    dn = function(leaf, pattern)
        return leaf.op == EQUAL and same(leaf.attribute, "distinguishedName") and dn_begins(leaf.value, pattern)
    end,
    below = function(leaf, pattern)
        return leaf.op == EQUAL and same(leaf.attribute, "distinguishedName") and dn_is_below(leaf.value, pattern)
    end,
}

-- Whose service connection points are asked for; nil: nobody's.
local function classify(dn, filter)
    for _, row in ipairs(SIGNATURES) do
        local kind, how, pattern = row[1], row[2], row[3]

        if dn ~= "" and ((how == "dn" and dn_begins(dn, pattern)) or (how == "below" and dn_is_below(dn, pattern))) then
            return kind
        end
        if find_leaf(filter, function(leaf) return MATCH[how](leaf, pattern) end, false) then
            return kind
        end
    end
    return find_leaf(filter, function(leaf)
        return is_class(leaf) and (same(leaf.value, "serviceConnectionPoint")
            or leaf.value == "1.2.840.113556.1.5.126" or dn_begins(leaf.value, "CN=Service-Connection-Point,"))
    end, false) and "unknown" or nil
end

-- "host", "host:port" or "[IPv6]:port": the host in small letters, and the port; nil: no place that is sure.
local function place_of(text)
    local six, port = text:match("^%[([%x:.]+)%](.*)$")
    local host

    if six then
        host = lower(six)
    else
        host, port = text:match("^([^:]*)(.*)$")
        if host == "" or host:find("[^%w%-._\128-\255]") or host:find("..", 1, true) or host:sub(1, 1) == "." then
            return nil
        end
        host = lower((host:gsub("%.$", "")))
    end
    if port == "" or port == ":" then
        return host, nil
    end
    port = tonumber(port:match("^:(%d+)$"))
    if not port or port > 65535 or #host > 253 then
        return nil
    end
    return host, port
end

-- Scheme, host, and the URL without a user; nil: the text is none, or can be read in two ways.
local function url_of(text)
    local scheme, rest = text:match("^(%a[%w+.%-]*)://(.*)$")
    local place, behind, user, host

    if not scheme then
        return nil
    end
    place, behind = rest:match("^([^/?#]*)(.*)$")
    if place:find("\\", 1, true) then
        return nil
    end
    user = place:match("^[^@]*@")
    host = place_of(user and place:sub(#user + 1) or place)
    if not host then
        return nil
    end
    return lower(scheme), host, user and scheme .. "://" .. place:sub(#user + 1) .. behind or text
end

local function keyword_value(keyword, name)
    return begins(keyword, name) and keyword:sub(#name + 1) or nil
end

-- What the values of an entry say. `asked`: the filter, for entries whose keywords nobody asked for.
local function finish_entry(entry, asked)
    entry.type = "other"
    if #entry.keywords == 0 then
        local urls = lower(asked):find(lower(URL_GUID), 1, true) ~= nil
        local pointers = lower(asked):find(lower(POINTER_GUID), 1, true) ~= nil

        entry.type = urls == pointers and "other" or urls and "url" or "pointer"
    end
    for _, keyword in ipairs(entry.keywords) do
        if same(keyword, POINTER_GUID) then
            entry.type = "pointer"
        elseif same(keyword, URL_GUID) then
            entry.type = "url"
        end
        entry.site = entry.site or keyword_value(keyword, "Site=")
        entry.domain = entry.domain or keyword_value(keyword, "Domain=")
    end
    for i, binding in ipairs(entry.bindings) do
        local _, _, without = url_of(binding)

        entry.bindings[i] = without or binding
    end
    if entry.bindings[1] then
        local scheme, host = url_of(entry.bindings[1])
        local place, port = place_of(entry.bindings[1])

        if scheme then
            entry.host = host
            entry.is_url = entry.type == "url" and (scheme == "http" or scheme == "https")
        elseif place and ((port and port > 0) or entry.type == "pointer") then
            entry.host = place
        end
    end
end

local function reason_of(entry, site)
    local has_site = false

    if entry.type == "pointer" then
        return 4
    elseif not entry.is_url or not site then
        return nil
    end
    for _, keyword in ipairs(entry.keywords) do
        local value = keyword_value(keyword, "Site=")

        if value then
            has_site = true
            if same(value, site) then
                return 1
            end
        end
    end
    return has_site and 3 or 2
end

local REASONS = { "site match", "no site", "other site", "pointer" }

-- entry -> { rank, reason } in the documented order; `entries` are those of all pages, in the order of the answer.
local function ranks_of(entries, site)
    local ranks, seen, rank = {}, {}, 0

    site = site ~= "" and site or nil
    for _, entry in ipairs(entries) do
        if not site and entry.type == "url" then
            -- Without the client's site no order is sure: a client would take no URL at all.
            return ranks
        end
    end
    for _, entry in ipairs(entries) do
        local url = lower(entry.bindings[1] or "")

        entry.reason = reason_of(entry, site)
        if entry.type == "url" and entry.reason then
            if seen[url] then
                entry.reason = nil
            end
            seen[url] = true
        end
    end
    for reason = 1, 4 do
        local from, to, by = 1, #entries, 1

        if reason == 2 then
            from, to, by = #entries, 1, -1 -- a client puts each of these before the others
        end
        for i = from, to, by do
            if entries[i].reason == reason then
                rank = rank + 1
                ranks[entries[i]] = { rank, REASONS[reason] }
            end
        end
    end
    return ranks
end

---- LDAP ----

local SCOPES = { [0] = "base", "one", "sub", "children" }
local RESULTS = {
    [0] = "success", [1] = "operationsError", [2] = "protocolError", [3] = "timeLimitExceeded",
    [4] = "sizeLimitExceeded", [5] = "compareFalse", [6] = "compareTrue", [7] = "authMethodNotSupported",
    [8] = "strongerAuthRequired", [10] = "referral", [11] = "adminLimitExceeded",
    [12] = "unavailableCriticalExtension", [13] = "confidentialityRequired", [14] = "saslBindInProgress",
    [16] = "noSuchAttribute", [17] = "undefinedAttributeType", [18] = "inappropriateMatching",
    [19] = "constraintViolation", [20] = "attributeOrValueExists", [21] = "invalidAttributeSyntax",
    [32] = "noSuchObject", [33] = "aliasProblem", [34] = "invalidDNSyntax",
    [36] = "aliasDereferencingProblem", [48] = "inappropriateAuthentication", [49] = "invalidCredentials",
    [50] = "insufficientAccessRights", [51] = "busy", [52] = "unavailable", [53] = "unwillingToPerform",
    [54] = "loopDetect", [64] = "namingViolation", [65] = "objectClassViolation",
    [66] = "notAllowedOnNonLeaf", [67] = "notAllowedOnRDN", [68] = "entryAlreadyExists",
    [69] = "objectClassModsProhibited", [71] = "affectsMultipleDSAs", [80] = "other", [118] = "canceled",
    [119] = "noSuchOperation", [120] = "tooLate", [121] = "cannotCancel",
}

local function read_result(op)
    local code = take(op, UNI, ENUM)
    local r = { damaged = true }
    local text

    if not code or code.cut then
        return r
    end
    r.damaged, r.code = false, uint32_of(code)
    text = take(op, UNI, OCTETS) and take(op, UNI, OCTETS)
    if text and text.stop > text.i then
        r.diagnostic = text_of(text)
    end
    return r
end

-- The cookie of the paging control (RFC 2696) behind the operation; nil: none, or an empty one.
local function read_cookie(rest)
    local list = take(rest, CON, 0)

    while list do
        local item = take(list, UNI, SEQUENCE)
        local kind = item and take(item, UNI, OCTETS)

        if not kind then
            return nil
        end
        if bytes_of(kind) == "1.2.840.113556.1.4.319" then
            local value, cookie

            take(item, UNI, 1)
            value = take(item, UNI, OCTETS)
            value = value and take(value, UNI, SEQUENCE)
            cookie = value and take(value, UNI, INTEGER) and take(value, UNI, OCTETS)
            return cookie and cookie.stop > cookie.i and bytes_of(cookie) or nil
        end
    end
    return nil
end

local function read_search(m, op, rest)
    local search = { attributes = {} }
    local key = "ldap" .. m.flow.key .. "|" .. m.id
    local dn, scope = take(op, UNI, OCTETS), take(op, UNI, ENUM)
    local filter, list, cookie, step, before

    if not (dn and scope and take(op, UNI, ENUM) and take(op, UNI, INTEGER) and take(op, UNI, INTEGER)
        and take(op, UNI, 1)) then
        return
    end
    search.base, search.scope = text_of(dn), uint32_of(scope)
    filter = read_filter(op, 0, { nodes = 0 })
    list = take(op, UNI, SEQUENCE)
    while list do
        local class, _, name = next_of(list)

        if not class or name.cut then
            break
        elseif #search.attributes >= MAX.attributes then
            limit("attributes of a search")
            break
        end
        name = text_of(name)
        search.attributes[#search.attributes + 1] = name
        search.is_ping = search.is_ping or same(name, "Netlogon")
    end
    if search.is_ping then
        search.domain = equal_to(filter, "DnsDomain")
        search.domain = search.domain and search.domain:gsub("%.$", "")
        search.host, search.dns_host = equal_to(filter, "Host"), equal_to(filter, "DnsHostName")
        search.user = equal_to(filter, "User")
    elseif search.base ~= "" or search.scope ~= 0 then
        search.kind = classify(search.base, filter)
    end
    if not search.is_ping and not search.kind then
        S.open[key] = nil
        return
    end
    search.filter = concat(filter_text(filter, {}))
    if is_copy("ldap", m.flow, "|" .. m.id, m.raw, false) then
        return
    end
    step = ask(search.is_ping and "ping" or "scp", m.flow, key, m.raw)
    step.asked = search
    step.all = step.all or {}
    cookie = read_cookie(rest)
    before = cookie and S.open["page" .. m.flow.key .. "|" .. cookie]
    if before and before.kind == "scp" and before.asked.filter == search.filter
        and before.asked.base == search.base then
        step.all, step.is_page = before.all, true
    end
    remember(m.flow, step)
end

local function read_values(set)
    local values = {}

    while true do
        local class, _, value = next_of(set)

        if not class then
            return values
        elseif #values >= MAX.values then
            limit("values of an attribute")
            return values
        end
        values[#values + 1] = text_of(value)
    end
end

local function read_entry(m, op)
    local key = "ldap" .. m.flow.key .. "|" .. m.id
    local step = S.open[key]
    local dn = take(op, UNI, OCTETS)
    local list = dn and take(op, UNI, SEQUENCE)
    local is_scp = step and step.kind == "scp"
    local entry = { keywords = {}, bindings = {} }
    local netlogon

    if not dn then
        return
    end
    while list do
        local item = take(list, UNI, SEQUENCE)
        local name = item and take(item, UNI, OCTETS)
        local set = name and take(item, UNI, SET)

        if not set then
            break
        end
        name = lower(bytes_of(name))
        if is_scp and name == "servicebindinginformation" then
            entry.bindings = read_values(set)
        elseif is_scp and name == "keywords" then
            entry.keywords = read_values(set)
        elseif is_scp and name == "servicednsname" then
            entry.host = read_values(set)[1]
        elseif not is_scp and name == "netlogon" then
            local class, _, value = next_of(set)

            netlogon = class and read_netlogon(bytes_of(value))
        end
    end
    if not step and not netlogon then
        return
    end
    if is_copy("entry", m.flow, "|" .. m.id, m.raw, true) then
        return
    end
    if not step then
        step = new_step("ping", m.flow)
        S.open[key] = step
    end
    step.entries = step.entries + 1
    if is_scp then
        local record = touch(step)

        entry.dn = text_of(dn)
        finish_entry(entry, step.asked.filter)
        if #step.all < MAX.entries then
            record.entries[#record.entries + 1] = entry
            step.all[#step.all + 1] = entry
        else
            limit("entries of a search")
        end
    else
        touch(step)
        step.netlogon = step.netlogon or netlogon
        if netlogon then
            learn_ping(step, netlogon)
        end
    end
    remember(m.flow, step)
end

local function read_done(m, op, rest)
    local step = S.open["ldap" .. m.flow.key .. "|" .. m.id]
    local cookie

    if not step or is_copy("done", m.flow, "|" .. m.id, m.raw, true) then
        return
    end
    answered(step, read_result(op), m.raw)
    cookie = read_cookie(rest)
    if cookie then
        S.open["page" .. m.flow.key .. "|" .. cookie] = step
    end
    remember(m.flow, step)
end

---- Kerberos ----

local KRB_ERRORS = {
    [0] = "KDC_ERR_NONE", [1] = "KDC_ERR_NAME_EXP", [2] = "KDC_ERR_SERVICE_EXP", [3] = "KDC_ERR_BAD_PVNO",
    [4] = "KDC_ERR_C_OLD_MAST_KVNO", [5] = "KDC_ERR_S_OLD_MAST_KVNO", [6] = "KDC_ERR_C_PRINCIPAL_UNKNOWN",
    [7] = "KDC_ERR_S_PRINCIPAL_UNKNOWN", [8] = "KDC_ERR_PRINCIPAL_NOT_UNIQUE", [9] = "KDC_ERR_NULL_KEY",
    [10] = "KDC_ERR_CANNOT_POSTDATE", [11] = "KDC_ERR_NEVER_VALID", [12] = "KDC_ERR_POLICY",
    [13] = "KDC_ERR_BADOPTION", [14] = "KDC_ERR_ETYPE_NOSUPP", [15] = "KDC_ERR_SUMTYPE_NOSUPP",
    [16] = "KDC_ERR_PADATA_TYPE_NOSUPP", [17] = "KDC_ERR_TRTYPE_NOSUPP", [18] = "KDC_ERR_CLIENT_REVOKED",
    [19] = "KDC_ERR_SERVICE_REVOKED", [20] = "KDC_ERR_TGT_REVOKED", [21] = "KDC_ERR_CLIENT_NOTYET",
    [22] = "KDC_ERR_SERVICE_NOTYET", [23] = "KDC_ERR_KEY_EXP", [24] = "KDC_ERR_PREAUTH_FAILED",
    [25] = "KDC_ERR_PREAUTH_REQUIRED", [26] = "KDC_ERR_SERVER_NOMATCH", [27] = "KDC_ERR_MUST_USE_USER2USER",
    [28] = "KDC_ERR_PATH_NOT_ACCEPTED", [29] = "KDC_ERR_SVC_UNAVAILABLE", [31] = "KRB_AP_ERR_BAD_INTEGRITY",
    [32] = "KRB_AP_ERR_TKT_EXPIRED", [33] = "KRB_AP_ERR_TKT_NYV", [34] = "KRB_AP_ERR_REPEAT",
    [35] = "KRB_AP_ERR_NOT_US", [36] = "KRB_AP_ERR_BADMATCH", [37] = "KRB_AP_ERR_SKEW",
    [38] = "KRB_AP_ERR_BADADDR", [39] = "KRB_AP_ERR_BADVERSION", [40] = "KRB_AP_ERR_MSG_TYPE",
    [41] = "KRB_AP_ERR_MODIFIED", [42] = "KRB_AP_ERR_BADORDER", [43] = "KRB_AP_ERR_ILL_CR_TKT",
    [44] = "KRB_AP_ERR_BADKEYVER", [45] = "KRB_AP_ERR_NOKEY", [46] = "KRB_AP_ERR_MUT_FAIL",
    [47] = "KRB_AP_ERR_BADDIRECTION", [48] = "KRB_AP_ERR_METHOD", [49] = "KRB_AP_ERR_BADSEQ",
    [50] = "KRB_AP_ERR_INAPP_CKSUM", [51] = "KRB_AP_PATH_NOT_ACCEPTED", [52] = "KRB_ERR_RESPONSE_TOO_BIG",
    [60] = "KRB_ERR_GENERIC", [61] = "KRB_ERR_FIELD_TOOLONG", [62] = "KDC_ERROR_CLIENT_NOT_TRUSTED",
    [63] = "KDC_ERROR_KDC_NOT_TRUSTED", [64] = "KDC_ERROR_INVALID_SIG", [65] = "KDC_ERR_KEY_TOO_WEAK",
    [66] = "KDC_ERR_CERTIFICATE_MISMATCH", [67] = "KRB_AP_ERR_NO_TGT", [68] = "KDC_ERR_WRONG_REALM",
    [69] = "KRB_AP_ERR_USER_TO_USER_REQUIRED", [70] = "KDC_ERR_CANT_VERIFY_CERTIFICATE",
    [71] = "KDC_ERR_INVALID_CERTIFICATE", [72] = "KDC_ERR_REVOKED_CERTIFICATE",
    [73] = "KDC_ERR_REVOCATION_STATUS_UNKNOWN", [74] = "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE",
    [75] = "KDC_ERR_CLIENT_NAME_MISMATCH", [76] = "KDC_ERR_KDC_NAME_MISMATCH",
    [77] = "KDC_ERR_INCONSISTENT_KEY_PURPOSE", [78] = "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED",
    [79] = "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED", [80] = "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED",
    [81] = "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED", [85] = "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND",
    [86] = "KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE", [90] = "KDC_ERR_PREAUTH_EXPIRED",
    [91] = "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED", [92] = "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET",
    [93] = "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS", [94] = "KDC_ERR_INVALID_HASH_ALG",
    [95] = "KDC_ERR_INVALID_ITERATION_COUNT", [100] = "KDC_ERR_NO_ACCEPTABLE_KDF",
}

local function principal_of(content)
    local sequence = take(content, UNI, SEQUENCE)
    local list = sequence and tagged(sequence, 1)
    local names = {}

    list = list and take(list, UNI, SEQUENCE)
    if not list then
        return nil
    end
    while true do
        local class, _, name = next_of(list)

        if not class or name.cut then
            break
        elseif #names >= MAX.components then
            limit("components of a Kerberos name")
            break
        end
        names[#names + 1] = text_of(name)
    end
    return not list.cut and concat(names, "/") or nil
end

local function krb_text(content)
    local class, _, text = next_of(content)

    return class and text_of(text) or nil
end

-- [tag] of a sequence, read by `read`; nil where it is missing.
local function part(sequence, tag, read)
    local content = tagged(sequence, tag)

    return content and read(content)
end

local function ticket_of(content)
    local ticket = take(content, APP, 1) or content
    local sequence = take(ticket, UNI, SEQUENCE)

    if not sequence then
        return {}
    end
    return { realm = part(sequence, 1, krb_text), spn = part(sequence, 2, principal_of) }
end

-- KRB-ERROR (RFC 4120 5.9.1).
local function read_error(content, krb)
    local sequence = take(content, UNI, SEQUENCE)
    local code

    if not sequence then
        return
    end
    code = part(sequence, 6, function(c) return take(c, UNI, INTEGER) end)
    if code and not code.cut then
        code = integer_of(code) % 4294967296
        krb.error = floor(code >= 2147483648 and code - 4294967296 or code)
    end
    krb.is_error = krb.error ~= nil
    krb.realm = part(sequence, 9, krb_text)
    krb.spn = part(sequence, 10, principal_of)
end

local AS_REQ, AS_REP, TGS_REQ, TGS_REP, AP_REQ, KRB_ERROR = 10, 11, 12, 13, 14, 30

local function read_kdc_message(tag, content)
    local krb = { carrier = "kdc" }
    local sequence

    if tag == KRB_ERROR then
        read_error(content, krb)
        krb.exchange = krb.spn and begins(krb.spn, "krbtgt") and "as" or "tgs"
        return krb
    end
    krb.exchange = (tag == AS_REQ or tag == AS_REP) and "as" or "tgs"
    sequence = take(content, UNI, SEQUENCE)
    if not sequence then
        return krb
    end
    if tag == AS_REQ or tag == TGS_REQ then
        local body = tagged(sequence, 4)

        body = body and take(body, UNI, SEQUENCE)
        if body then
            krb.realm, krb.spn = part(body, 2, krb_text), part(body, 3, principal_of)
        end
    else
        local ticket = part(sequence, 5, ticket_of)

        if ticket then
            krb.realm, krb.spn = ticket.realm, ticket.spn
        end
    end
    return krb
end

-- A KDC may answer for CONTOSO with the realm's full name.
local function error_fits(request, krb)
    return not krb.is_error or not krb.spn or krb.spn == "" or not request.spn
        or (begins(krb.spn, "krbtgt/") and begins(request.spn, "krbtgt/")) or same(krb.spn, request.spn)
end

-- Which of the requests from this port is answered: the last, an older one that still waits and is named, or one
-- whose answer is repeated.
local function step_of_reply(open, krb, raw)
    local best, at, i = open, open, 0

    while at and i < MAX.waiting do
        if at.reply and at.reply_raw == raw and S.frame.time - at.replied <= 2 and (at == open or at.retried) then
            return at
        end
        if not at.reply and at.asked and at.request and same(at.asked.spn, krb.spn) then
            best = at
        end
        at, i = at.older, i + 1
    end
    return best
end

local function spn_host(spn)
    local host = spn:match("^[^/]*/([^/:@]*)")

    return host and host ~= "" and not begins(spn, "krbtgt/") and lower(host) or nil
end

local function note_tried(step)
    local spn = step.asked and step.asked.spn or step.answer and step.answer.spn
    local host = spn and spn_host(spn)

    if host then
        S.tried[step.client .. "|" .. host] = step
        S.hosts[host] = true
    end
end

local function new_kerberos(flow, asked, answer)
    local step = new_step("kerberos", flow)

    step.asked, step.any = asked, asked or answer
    if asked then
        step.request = S.frame.number
    end
    if answer then
        step.reply, step.answer, step.replied = S.frame.number, answer, S.frame.time
    end
    note_tried(step)
    return step
end

local function read_kdc(raw, flows, in_tcp)
    local s = raw
    local class, tag, content, krb, flow, key, step

    if in_tcp and #s > 4 and byte(s, 1) < 0x60 then
        s = s:sub(5)
    end
    class, tag, content = next_of(cursor(s))
    if class ~= APP or not ((tag >= AS_REQ and tag <= TGS_REP) or tag == KRB_ERROR) then
        return
    end
    krb = read_kdc_message(tag, content)
    flow = flows(tag ~= AS_REQ and tag ~= TGS_REQ)
    key = "kdc" .. flow.key
    if tag == AS_REQ or tag == TGS_REQ then
        local is_new

        if is_copy("kdc", flow, "", raw, false) then
            return
        end
        step, is_new = ask("kerberos", flow, key, raw)
        step.asked, step.any = step.asked or krb, step.any or krb
        step.retried = step.retried or not is_new
        if is_new then
            note_tried(step)
        end
        remember(flow, step)
        return
    end
    if is_copy("kdc", flow, "", raw, true) then
        return
    end
    step = S.open[key]
    if step and not step.request and step.reply_raw ~= raw then
        step = nil
    end
    step = step and step_of_reply(step, krb, raw)
    if step and step.asked and step.request and not error_fits(step.asked, krb) then
        step = new_kerberos(flow, nil, krb)
        step.reply_raw = raw
    elseif step then
        answered(step, krb, raw)
    else
        step = new_kerberos(flow, nil, krb)
        step.reply_raw = raw
        S.open[key] = step
    end
    -- 25 asks for a proof: what comes next is another request.
    step.closed = krb.error == 25
    remember(flow, step)
end

---- GSS-API ----

local MECHANISMS = {
    ["\x2b\x06\x01\x05\x05\x02"] = true, -- SPNEGO
    ["\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"] = true, -- Kerberos
    ["\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"] = true, -- Microsoft's
    ["\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03"] = true, -- user-to-user
    ["\x2b\x06\x01\x05\x02\x05"] = true, -- IAKERB
    ["\x2b\x05\x01\x05\x02"] = true, -- its draft
}

-- "n,,n=user" of SCRAM has the tag of an AP-REQ: a Kerberos message begins with its version and type.
local function kerberos_in(c)
    local class, tag, content = next_of(c)
    local sequence, number

    if class ~= APP or (tag ~= AP_REQ and tag ~= 15 and tag ~= KRB_ERROR) then
        return nil
    end
    sequence = take(cursor(content.s, content.i, content.stop), UNI, SEQUENCE)
    number = sequence and part(sequence, 0, function(v) return take(v, UNI, INTEGER) end)
    if not number or integer_of(number) ~= 5 then
        return nil
    end
    number = part(sequence, 1, function(v) return take(v, UNI, INTEGER) end)
    return number and integer_of(number) == tag and { tag = tag, content = content } or nil
end

-- The message in a token: { tag =, content = } of Kerberos, { ntlm = its type }, or nil.
local function read_token(s, depth)
    local c = cursor(s)
    local first, second = byte(s, 1, 2)
    local class, tag, content

    if depth > MAX.nesting then
        limit("levels of a GSS token")
        return nil
    end
    if #s < 4 then
        return nil
    end
    if s:sub(1, 8) == "NTLMSSP\0" then
        return { ntlm = byte(s, 9) or 0 }
    end
    if second == 0 and first >= 1 and first <= 3 then
        return kerberos_in(cursor(s, 3))
    end
    class, tag, content = next_of(c)
    if class == APP and tag == 0 then
        local oid = take(content, UNI, OID)

        return oid and MECHANISMS[bytes_of(oid)] and read_token(bytes_of(content), depth + 1) or nil
    elseif class == CON and (tag == 0 or tag == 1) then
        local sequence = take(content, UNI, SEQUENCE)
        local field = sequence and tagged(sequence, 2)
        local token = field and take(field, UNI, OCTETS)

        return token and read_token(bytes_of(token), depth + 1) or nil
    end
    return class and kerberos_in(cursor(s)) or nil
end

---- tickets that are shown to a service, and NTLM instead ----

local function connection(flow)
    local conn = S.conns[flow.stream or flow.key] or {}

    S.conns[flow.stream or flow.key] = conn
    return conn
end

local function read_ticket(token, carrier)
    local krb = { exchange = "ap", carrier = carrier, has_token = true }
    local sequence = take(token.content, UNI, SEQUENCE)
    local ticket = sequence and part(sequence, 3, ticket_of)

    if ticket then
        krb.realm, krb.spn = ticket.realm, ticket.spn
    end
    return krb
end

local function read_proof(token, carrier)
    local krb = { exchange = "ap", carrier = carrier }

    krb.has_token = token ~= nil and token.tag ~= nil and token.tag ~= AP_REQ
    if token and token.tag == KRB_ERROR then
        read_error(token.content, krb)
    end
    return krb
end

local function feed_shown_ticket(flow, krb, raw)
    local conn = connection(flow)

    if krb.carrier == "ldap" or krb.carrier == "http" then
        if not is_copy("ap", flow, krb.carrier, raw, false) then
            conn.ap = new_kerberos(flow, krb, nil)
            remember(flow, conn.ap)
        end
    else
        -- Everybody signs in to file servers all day: a step only when it is refused.
        conn.shown = { krb = krb, frame = S.frame.number }
    end
end

local function feed_proof(flow, krb, raw)
    local conn = connection(flow)
    local step, shown, key

    if is_copy("ap", flow, krb.carrier, raw, true) then
        return
    end
    if conn.ap then
        if krb.goes_on and not krb.has_token then
            return
        end
        step, conn.ap = conn.ap, nil
        answered(step, krb, raw)
    elseif krb.carrier == "ldap" or krb.carrier == "http" then
        if not krb.has_token then
            return
        end
        step = new_kerberos(flow, nil, krb)
    else
        shown, conn.shown = conn.shown, nil
        if not krb.is_error and (not shown or krb.goes_on) then
            return
        end
        key = shown and concat({ flow.client, flow.server, lower(shown.krb.spn or "") }, "|")
        if not krb.is_error and not krb.refused and not S.refused[key] then
            return -- it was taken, and never refused before
        end
        if key then
            S.refused[key] = (krb.is_error or krb.refused) and true or nil
        end
        step = new_kerberos(flow, shown and shown.krb, krb)
        step.request = shown and shown.frame
    end
    remember(flow, step)
end

-- The client uses NTLM with a host: was Kerberos tried there?
local function note_ntlm(flow, host)
    local key = host and flow.client .. "|" .. lower(host)
    local tried = key and S.tried[key]
    local group, use

    if not tried then
        return
    end
    group = S.groups[key]
    if not group then
        group = { host = host, client = flow.client }
        S.groups[key] = group
        S.groups[#S.groups + 1] = group
    end
    if #group >= MAX.uses then
        limit("uses of NTLM with one host")
        return
    end
    use = { tried = tried, frame = S.frame.number, group = group }
    group[#group + 1] = use
    S.ntlm[use.frame] = S.ntlm[use.frame] or {}
    table.insert(S.ntlm[use.frame], use)
    tried.groups = tried.groups or {}
    tried.groups[group] = true
end

-- No reason to speak of falling back: the ticket was got.
local function is_fallback(use)
    local answer = use.tried.answer

    return not answer or answer.is_error or answer.refused or false
end

local function first_fallback(group)
    for _, use in ipairs(group) do
        if is_fallback(use) then
            return use
        end
    end
    return nil
end

---- binds, and the messages of LDAP ----

local function read_bind(m, op)
    local mechanism, credentials, token
    local class, tag, auth

    if not (take(op, UNI, INTEGER) and take(op, UNI, OCTETS)) then
        return
    end
    class, tag, auth = next_of(op)
    if class == CON and tag == 3 then
        mechanism = take(auth, UNI, OCTETS)
        credentials = mechanism and take(auth, UNI, OCTETS)
        token = credentials and read_token(bytes_of(credentials), 0)
    elseif class == CON and tag >= 9 and tag <= 11 then
        token = read_token(bytes_of(auth), 0) -- sicily
    end
    if token and token.ntlm then
        note_ntlm(m.flow, S.names[m.flow.server])
    elseif token and token.tag == AP_REQ then
        feed_shown_ticket(m.flow, read_ticket(token, "ldap"), m.raw)
    end
end

local function read_bind_reply(m, op)
    local result = read_result(op)
    local token, krb

    if result.damaged then
        return
    end
    while true do
        local class, tag, content = next_of(op)

        if not class then
            break
        elseif class == CON and tag == 7 then
            token = read_token(bytes_of(content), 0)
        end
    end
    if not (token and token.tag) and not connection(m.flow).ap then
        return
    end
    krb = read_proof(token, "ldap")
    krb.goes_on = result.code == 14
    krb.refused = result.code ~= 0 and not krb.goes_on
    feed_proof(m.flow, krb, m.raw)
end

local function read_ldap(raw, flows)
    local message = take(cursor(raw), UNI, SEQUENCE)
    local id = message and take(message, UNI, INTEGER)
    local m = { raw = raw }
    local class, tag, op

    if not id or id.stop - id.i > 5 then
        return
    end
    class, tag, op = next_of(message)
    if class ~= APP then
        return
    end
    m.id = uint32_of(id)
    m.flow = flows(tag == 1 or tag == 4 or tag == 5)
    if tag == 0 then
        read_bind(m, op)
    elseif tag == 1 then
        read_bind_reply(m, op)
    elseif tag == 3 then
        read_search(m, op, message)
    elseif tag == 4 then
        read_entry(m, op)
    elseif tag == 5 then
        read_done(m, op, message)
    elseif tag == 16 then
        local step = S.open["ldap" .. m.flow.key .. "|" .. uint32_of(op)]

        if step then
            touch(step)
        end
    end
end

---- HTTP ----

local DIGITS = {}
for i = 1, 64 do
    DIGITS[byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", i)] = i - 1
end

local function base64(text)
    local out, value, count = {}, 0, 0

    for i = 1, #text do
        local digit = DIGITS[byte(text, i)]

        if not digit then
            break
        end
        value, count = value * 64 + digit, count + 1
        if count == 4 then
            out[#out + 1] = char(floor(value / 65536), floor(value / 256) % 256, value % 256)
            value, count = 0, 0
        end
    end
    if count == 2 then
        out[#out + 1] = char(floor(value / 16))
    elseif count == 3 then
        out[#out + 1] = char(floor(value / 1024), floor(value / 4) % 256)
    end
    return concat(out)
end

local SCHEMES = { negotiate = true, kerberos = true, ntlm = true }
local CREDENTIALS = { authorization = true, ["proxy-authorization"] = true }
local CHALLENGES = { ["www-authenticate"] = true, ["proxy-authenticate"] = true }

-- Kerberos and NTLM in the headers of a message; nil: there is nothing of the sort.
local function read_headers(s)
    local first = s:match("^[^\r\n]*")
    local status = first:match("^HTTP/1%.%d (%d%d%d)")
    local m = { status = tonumber(status), reply = first:sub(1, 5) == "HTTP/" }
    local names = m.reply and CHALLENGES or CREDENTIALS

    s = s:sub(1, MAX.header)
    for line in s:sub(#first + 1):gmatch("[^\r\n]+") do
        local name, value = line:match("^([%w%-]+):[ \t]*(.*)$")

        name = name and lower(name)
        if name and names[name] then
            local scheme, text = value:match("^(%a+) +([%w+/=]+)")

            scheme = lower(scheme or value:match("^%a+") or "")
            if SCHEMES[scheme] then
                local token = text and read_token(base64(text), 0)

                m.is_proxy = m.is_proxy or name:sub(1, 5) == "proxy"
                if token and token.tag then
                    m.token = m.token or token
                elseif (token and token.ntlm) or scheme == "ntlm" then
                    m.ntlm = true
                end
            end
        elseif name == "host" then
            m.host = m.host or value
        end
    end
    m.target = first:match("^%u+ (%S+)")
    return m
end

local function read_http(s, flows)
    local m = read_headers(s)
    local flow = flows(m.reply)
    local krb

    if m.reply then
        if not m.status or m.status < 200 or not (m.token or connection(flow).ap) then
            return
        end
        krb = read_proof(m.token, "http")
        krb.refused = m.status == 401 or m.status == 407
        krb.damaged = not m.token and (m.status == 400 or m.status >= 500)
        feed_proof(flow, krb, s)
        return
    end
    if m.token and m.token.tag == AP_REQ then
        feed_shown_ticket(flow, read_ticket(m.token, "http"), s)
    elseif m.ntlm and not m.token and not m.is_proxy then
        local _, host = url_of(m.target or "")

        note_ntlm(flow, host or place_of((m.host or ""):match("^%s*(.-)%s*$")))
    end
end

---- SMB and the rest ----

-- Status of an answer to a session's setup; nil: it is none.
local function setup_status(s)
    if #s >= 64 and s:sub(1, 4) == "\xfeSMB" then
        return le16(s, 12) == 1 and bit(byte(s, 17), 1) and le32(s, 8) or nil
    elseif #s >= 32 and s:sub(1, 4) == "\xffSMB" then
        return byte(s, 5) == 0x73 and bit(byte(s, 10), 128) and le32(s, 5) or nil
    end
    return nil
end

local function read_smb_reply(s, flows)
    local status = setup_status(s)
    local krb

    if status == 0xc000006d or status == 0xc0000016 then
        krb = read_proof(nil, "smb")
        krb.refused = status == 0xc000006d
        krb.goes_on = not krb.refused
        feed_proof(flows(true), krb, s)
    end
end

local function read_gss(raw, flows, carrier)
    local token = read_token(raw, 0)

    if not token or not token.tag then
        return
    elseif token.tag == AP_REQ then
        feed_shown_ticket(flows(false), read_ticket(token, carrier), raw)
    else
        feed_proof(flows(true), read_proof(token, carrier), raw)
    end
end

---- a frame ----

local get = {}
for name, abbrev in pairs({
    ip_src = "ip.src", ip_dst = "ip.dst", ip6_src = "ipv6.src", ip6_dst = "ipv6.dst", stream = "tcp.stream",
    protocols = "frame.protocols", dns = "dns", ldap = "ldap.LDAPMessage_element", kerberos = "kerberos", http = "http",
    gss = "gss-api", smb = "smb", smb2 = "smb2",
}) do
    get[name] = Field.new(abbrev)
end

-- The bytes of an item, in whatever buffer they are: the frame, put together of segments, or decrypted.
local function raw_of(item)
    local source = item.source
    local length = math.min(item.len, source:captured_len() - item.offset)

    return length > 0 and source:raw(item.offset, length) or ""
end

local function last_text(getter)
    local all = { getter() }

    return all[1] and tostring(all[#all])
end

-- Who talks to whom: a function that tells it of either direction.
local function flows_of(pinfo)
    local src = last_text(get.ip_src) or last_text(get.ip6_src) or tostring(pinfo.src)
    local dst = last_text(get.ip_dst) or last_text(get.ip6_dst) or tostring(pinfo.dst)
    local stream = last_text(get.stream)
    local known = {}

    return function(from_server)
        local flow = known[from_server]

        if not flow then
            flow = {
                client = from_server and dst or src, server = from_server and src or dst,
                client_port = from_server and pinfo.dst_port or pinfo.src_port,
                server_port = from_server and pinfo.src_port or pinfo.dst_port,
                stream = stream,
            }
            flow.key = concat({ "", flow.client, flow.client_port, flow.server, flow.server_port, stream or "udp" },
                "|")
            known[from_server] = flow
        end
        return flow
    end
end

local function each(getter, read, ...)
    for _, item in ipairs({ getter() }) do
        read(raw_of(item), ...)
    end
end

-- Tokens inside of the first are its parts.
local function read_outer_gss(flows, carrier)
    local outer

    for _, item in ipairs({ get.gss() }) do
        if not outer or item.offset >= outer.offset + outer.len or item.offset < outer.offset then
            outer = item
            read_gss(raw_of(item), flows, carrier)
        end
    end
end

local READ = {
    ldap = "ldap", cldap = "ldap", dns = "dns", kerberos = "kerberos", http = "http", ["gss-api"] = "gss",
    smb = "smb", smb2 = "smb2", dcerpc = "dcerpc",
}

-- Which protocols the frame has; nil when there is nothing to read. What an ICMP error quotes is another packet.
local function protocols_of(text)
    local has, any = {}, false

    for name in text:gmatch("[^:]+") do
        has[READ[name] or name] = true
        any = any or READ[name] ~= nil
    end
    return any and not has.icmp and not has.icmpv6 and has or nil
end

local function read_items(pinfo, has)
    local flows = flows_of(pinfo)
    -- The list of protocols does not have all that is inside of RPC.
    local has_gss = has.gss or (has.dcerpc and get.gss() ~= nil)

    if has.dns then
        each(get.dns, read_dns, flows, flows(false).stream)
    end
    if has.ldap then
        each(get.ldap, read_ldap, flows)
    end
    if has.http then
        each(get.http, read_http, flows)
    end
    if has.kerberos and not (has_gss or has.http or has.ldap or has.smb or has.smb2 or has.kpasswd) then
        each(get.kerberos, read_kdc, flows, flows(false).stream)
    end
    if has_gss and not has.ldap and not has.http then
        read_outer_gss(flows, (has.smb or has.smb2) and "smb" or has.dcerpc and "rpc" or "other")
    end
    if has.smb or has.smb2 then
        each(has.smb2 and get.smb2 or get.smb, read_smb_reply, flows)
    end
end

---- what a frame shows: as much as was known when it was read ----

local function add(facts, name, value)
    if value ~= nil then
        facts[#facts + 1] = { name, type(value) == "string" and masked(value) or value }
    end
end

local function first_of(a, b)
    return a and a ~= "" and a or b
end

local DRAW = {}

function DRAW.srv(step, facts)
    local m, reply = step.asked, step.answer

    add(facts, "srv.name", m.name)
    add(facts, "srv.service", m.parts.service)
    add(facts, "srv.proto", m.parts.proto)
    add(facts, "srv.role", m.parts.role)
    add(facts, "srv.site", m.parts.site)
    add(facts, "srv.domain", m.parts.domain)
    if reply then
        add(facts, "srv.result", result_of(reply))
        for _, record in ipairs(reply.records) do
            add(facts, "srv.target", record.target)
            add(facts, "srv.port", record.port)
            add(facts, "srv.priority", record.priority)
            add(facts, "srv.weight", record.weight)
        end
    end
end

function DRAW.ping(step, facts)
    local r = step.netlogon

    add(facts, "ping.domain", first_of(r and r.domain, step.asked and step.asked.domain))
    if r then
        add(facts, "ping.host", r.host)
        add(facts, "ping.dc_site", r.dc_site)
        add(facts, "ping.client_site", r.client_site)
        add(facts, "ping.next_site", r.next_site)
        if r.flags then
            add(facts, "ping.closest", bit(r.flags, 128))
        end
        add(facts, "ping.opcode", r.opcode)
        add(facts, "ping.flags", r.flags)
        add(facts, "ping.forest", r.forest)
    end
end

function DRAW.kerberos(step, facts)
    local asked, answer = step.asked or {}, step.answer or {}

    add(facts, "krb.exchange", step.any.exchange)
    if answer.is_error then
        add(facts, "krb.error", answer.error)
        add(facts, "krb.error_name", KRB_ERRORS[answer.error] or "KRB_ERROR_UNASSIGNED")
    end
    add(facts, "krb.spn", first_of(asked.spn, answer.spn))
    add(facts, "krb.realm", first_of(asked.realm, answer.realm))
    add(facts, "krb.carrier", step.any.carrier)
end

function DRAW.scp(step, facts)
    local search, reply = step.asked, step.answer

    add(facts, "scp.kind", search.kind)
    add(facts, "ldap.base", search.base)
    add(facts, "ldap.scope", SCOPES[search.scope])
    add(facts, "ldap.filter", search.filter)
    for _, name in ipairs(search.attributes) do
        add(facts, "ldap.attribute", name)
    end
    if reply and not reply.damaged then
        add(facts, "ldap.result", reply.code)
        add(facts, "ldap.result_name", RESULTS[reply.code])
        add(facts, "ldap.diagnostic", reply.diagnostic)
    end
    if reply or step.entries > 0 then
        add(facts, "ldap.entries", step.entries)
    end
end

local function entry_facts(entry)
    local facts = {}

    add(facts, "scp.dn", entry.dn)
    for _, binding in ipairs(entry.bindings) do
        add(facts, "scp.binding", binding)
    end
    add(facts, "scp.host", entry.host)
    for _, keyword in ipairs(entry.keywords) do
        add(facts, "scp.keyword", keyword)
    end
    add(facts, "scp.site", entry.site)
    add(facts, "scp.domain", entry.domain)
    return facts
end

local function site_of(step)
    local client = S.clients[step.client]

    return client and client.site
end

local function put(tree, name, value)
    local item = tree:add(fields[name], value)

    item:set_generated()
    return item
end

local function put_all(tree, facts)
    for _, fact in ipairs(facts) do
        put(tree, fact[1], fact[2])
    end
end

local function put_finding(tree)
    put(tree, "finding", "ntlm-fallback")
end

-- Later frames may take a finding back: it is shown once they are known.
local function has_finding(step)
    for group in pairs(step.groups or {}) do
        local use = first_fallback(group)

        if use and use.tried == step then
            return true
        end
    end
    return false
end

local function put_step(tree, record, frame, is_late)
    local step = record.step
    local item = put(tree, "step", step.kind)

    put(item, "client", step.client)
    put(item, "server", step.server)
    if step.request and step.request ~= frame and step.request <= frame then
        put(item, "request", step.request)
    end
    if step.reply and step.reply ~= frame then
        put(item, "response", step.reply)
    end
    if is_late and has_finding(step) then
        put_finding(item)
    end
    put_all(item, record.facts)
    for _, entry in ipairs(record.entries) do
        local subtree = put(item, "scp.entry", entry.type)

        put_all(subtree, entry_facts(entry))
        if is_late then
            step.ranks = step.ranks or {}
            if step.ranks.count ~= #step.all or step.ranks.site ~= site_of(step) then
                step.ranks = ranks_of(step.all, site_of(step))
                step.ranks.count, step.ranks.site = #step.all, site_of(step)
            end
            if step.ranks[entry] then
                put(subtree, "scp.rank", step.ranks[entry][1])
                put(subtree, "scp.rank_reason", step.ranks[entry][2])
            end
        end
    end
end

-- Most frames have the protocols of many others: the answer for a list of them is kept.
local known_protocols, known_count = {}, 0

local function read_frame(pinfo, protocols)
    local list = {}
    local has = known_protocols[protocols]
    local is_read, why

    S.read = pinfo.number
    if has == nil then
        has = protocols_of(protocols) or false
        if known_count < 1000 then
            known_protocols[protocols], known_count = has, known_count + 1
        end
    end
    if not has then
        return
    end
    S.frame = { number = pinfo.number, time = pinfo.abs_ts, list = list, of = {} }
    -- Hostile bytes may meet a fault of this file: the frame is then left to Wireshark alone.
    is_read, why = pcall(read_items, pinfo, has)
    if not is_read then
        S.fault = S.fault or format("frame %d: %s", pinfo.number, why)
    end
    for _, record in ipairs(list) do
        record.facts = {}
        DRAW[record.step.kind](record.step, record.facts)
    end
    S.records[pinfo.number] = #list > 0 and list or nil
end

function proto.init()
    reset()
end

function proto.dissector(tvb, pinfo, tree)
    local frame = pinfo.number
    local records, uses, subtree

    -- Not every first pass has trees (tshark -2 -q, sharkd): then the next one is read. What is selected later comes
    -- in any order.
    if not S.full and frame >= S.read and (not pinfo.visited or frame == S.read + 1) then
        local protocols = get.protocols()

        if protocols then
            read_frame(pinfo, protocols.value)
        end
    end
    records = S.records[frame]
    uses = pinfo.visited and S.ntlm[frame]
    if uses and not is_fallback(uses[1]) then
        uses = nil
    end
    if not records and not uses then
        return
    end
    subtree = tree:add(proto, tvb(0, 0))
    subtree:set_generated()
    for _, record in ipairs(records or {}) do
        put_step(subtree, record, frame, pinfo.visited)
    end
    if uses then
        put_finding(subtree)
    end
end

register_postdissector(proto)

-- A listener, although it does nothing: Wireshark makes trees for it where it makes none for postdissectors of Lua.
local listener = Listener.new("frame")

function listener.packet()
end

---- the report ----

local SAY = {}

function SAY.srv(step)
    local reply = step.answer
    local result = reply and result_of(reply) or "no answer seen"
    local targets = {}

    for i, record in ipairs(reply and reply.records or {}) do
        if i > 8 then
            targets[#targets + 1] = format("and %d more", #reply.records - 8)
            break
        end
        targets[#targets + 1] = format("%s:%d", record.target, record.port)
    end
    return format("SRV %s: %s", step.asked.name, result == "answered" and concat(targets, ", ") or result)
end

function SAY.ping(step)
    local r = step.netlogon
    local domain = first_of(r and r.domain, step.asked and step.asked.domain)
    local text = "LDAP ping" .. (domain and " for " .. domain or "")

    if not r then
        return text .. (step.reply and ": the server does not host it" or ": no answer seen")
    end
    text = text .. ": " .. (first_of(r.host, "a DC"))
    if r.opcode ~= 19 and r.opcode ~= 23 then
        text = text .. (r.opcode % 4 == 0 and " says paused" or " says user unknown")
    end
    return text .. (r.dc_site and " in site " .. first_of(r.dc_site, "(none)") or "")
        .. (r.client_site and ", client in site " .. first_of(r.client_site, "(none)") or "")
end

function SAY.kerberos(step)
    local asked, answer = step.asked or {}, step.answer
    local where = { ldap = " in LDAP", http = " in HTTP", smb = " in SMB", rpc = " in RPC" }
    local text = format("Kerberos %s%s for %s", step.any.exchange:upper(), where[step.any.carrier] or "",
        first_of(asked.spn, answer and answer.spn) or "(unknown)")

    if not answer then
        return text .. ": no answer seen"
    elseif answer.is_error then
        return format("%s: %s (%d)", text, KRB_ERRORS[answer.error] or "KRB_ERROR_UNASSIGNED", answer.error)
    elseif answer.refused then
        return text .. ": refused without a reason"
    end
    return text .. (step.any.exchange == "ap" and ": accepted" or ": ticket")
end

function SAY.scp(step)
    local reply = step.answer
    local text = format("SCP search (%s) below %s", step.asked.kind, step.asked.base)

    if reply and not reply.damaged and reply.code ~= 0 then
        return text .. ": " .. (RESULTS[reply.code] or "result " .. reply.code)
    elseif reply or step.entries > 0 then
        return format("%s: %d %s", text, step.entries, step.entries == 1 and "entry" or "entries")
    end
    return text .. ": no answer seen"
end

local function say_entries(step, lines)
    local ranks = ranks_of(step.all, site_of(step))

    for _, entry in ipairs(step.all) do
        local rank = ranks[entry]

        lines[#lines + 1] = masked(format("%30s%s %s%s", "", entry.type, entry.bindings[1] or entry.dn or "",
            rank and format(" - to be tried as no. %d (%s)", rank[1], rank[2]) or ""))
    end
end

local function report()
    local lines = {
        "adpath lite: the steps of Active Directory discovery that one Lua file can read",
        "No paths, outcomes, causes or advice: those are the module's (docs/install.md of adpath).",
        "",
        format("%7s %-9s %-15s %-15s %s", "frame", "step", "client", "server", "what happened"),
    }
    local left = 0

    for _, step in ipairs(S.steps) do
        if #lines >= MAX.report then
            left = left + 1
        else
            lines[#lines + 1] = masked(format("%7d %-9s %-15s %-15s %s", step.first, step.kind, step.client,
                step.server, SAY[step.kind](step)))
            if step.kind == "scp" and not step.is_page then
                say_entries(step, lines)
            end
        end
    end
    if #S.steps == 0 then
        lines[#lines + 1] = "No step was found."
    elseif left > 0 then
        lines[#lines + 1] = format("... and %d more steps", left)
    end
    for _, group in ipairs(S.groups) do
        local use = first_fallback(group)

        if use then
            lines[#lines + 1] = ""
            lines[#lines + 1] = masked(format("ntlm-fallback: %s uses NTLM with %s (frame %d), after Kerberos was "
                .. "tried (frame %d)", group.client, group.host, use.frame, use.tried.first))
        end
    end
    for _, what in ipairs(S.limits) do
        lines[#lines + 1] = "Not all was read: too many " .. what .. "."
    end
    if S.full then
        lines[#lines + 1] = format("Not all was read: more than %d steps.", MAX.steps)
    end
    if S.fault then
        lines[#lines + 1] = "A fault of this script, please report it: " .. show(S.fault)
    end
    return concat(lines, "\n") .. "\n"
end

if gui_enabled() then
    register_menu("AD Discovery Path (lite)", function()
        local window = TextWindow.new("AD Discovery Path (lite)")

        window:set(report())
        window:add_button("Refresh", function()
            window:set(report())
        end)
    end, MENU_TOOLS_UNSORTED)
end

-- tshark -q -r FILE -z adpath,lite
register_stat_cmd_arg("adpath,lite", function()
    local at_the_end = Listener.new("frame")

    function at_the_end.draw()
        io.write(report())
    end
end)
