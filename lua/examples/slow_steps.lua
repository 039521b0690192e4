-- slow_steps.lua: the slowest steps of a capture, from adpath's JSON. Plain Lua, 5.2 or newer.
--
--   tshark -q -r capture.pcapng -z adpath,json | lua5.4 slow_steps.lua
--   lua5.4 slow_steps.lua report.json 20
--
-- Where no Lua is installed, that of tshark does: it gets the file and the number by -X, and any capture to read.
--
--   tshark -q -r capture.pcapng -X lua_script:slow_steps.lua -X lua_script1:report.json -X lua_script1:20
--
-- SPDX-License-Identifier: GPL-2.0-or-later

local file_name, count = ...

---- JSON (RFC 8259), as far as a reader of reports needs it ----

local text, at
local read_value

local function fail(what)
    error(what .. " at byte " .. at .. " of the JSON", 0)
end

local function skip_space()
    at = text:find("[^ \t\r\n]", at) or #text + 1
end

local function expect(sign)
    skip_space()
    if text:sub(at, at) ~= sign then
        fail("no " .. sign)
    end
    at = at + 1
end

local function utf8_of(code)
    if code < 0x80 then
        return string.char(code)
    elseif code < 0x800 then
        return string.char(0xc0 + math.floor(code / 0x40), 0x80 + code % 0x40)
    elseif code < 0x10000 then
        return string.char(0xe0 + math.floor(code / 0x1000), 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
    end
    return string.char(0xf0 + math.floor(code / 0x40000), 0x80 + math.floor(code / 0x1000) % 0x40,
        0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

local PLAIN = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function read_string()
    local out = {}

    expect('"')
    while true do
        local stop = text:find('["\\]', at) or fail("no end of a text")

        out[#out + 1] = text:sub(at, stop - 1)
        at = stop + 1
        if text:sub(stop, stop) == '"' then
            return table.concat(out)
        end
        local letter = text:sub(at, at)

        at = at + 1
        if letter == "u" then
            local code = tonumber(text:sub(at, at + 3), 16) or fail("no \\u")

            at = at + 4
            if code >= 0xd800 and code <= 0xdbff and text:sub(at, at + 1) == "\\u" then
                local low = tonumber(text:sub(at + 2, at + 5), 16) or fail("no \\u")

                code, at = 0x10000 + (code - 0xd800) * 0x400 + low - 0xdc00, at + 6
            end
            out[#out + 1] = utf8_of(code)
        else
            out[#out + 1] = PLAIN[letter] or letter
        end
    end
end

-- The members of an array or an object, up to its closing sign.
local function read_members(close, read_one)
    at = at + 1
    skip_space()
    if text:sub(at, at) == close then
        at = at + 1
        return
    end
    repeat
        read_one()
        skip_space()
        local sign = text:sub(at, at)

        at = at + 1
        if sign ~= close and sign ~= "," then
            fail("no " .. close)
        end
    until sign == close
end

function read_value(depth)
    local found = {}
    local sign

    if depth > 100 then
        fail("too deep")
    end
    skip_space()
    sign = text:sub(at, at)
    if sign == "{" then
        read_members("}", function()
            local key = read_string()

            expect(":")
            found[key] = read_value(depth + 1)
        end)
        return found
    elseif sign == "[" then
        read_members("]", function()
            found[#found + 1] = read_value(depth + 1)
        end)
        return found
    elseif sign == '"' then
        return read_string()
    end
    local word = text:match("^[%w.+-]+", at) or fail("no value")

    at = at + #word
    if word == "null" then
        return nil
    elseif word == "true" or word == "false" then
        return word == "true"
    end
    return tonumber(word) or fail("no number")
end

---- the steps ----

local file = file_name and assert(io.open(file_name, "r")) or io.stdin
local report, steps

text, at = file:read("*a"), 1
report = read_value(0)
if report.version ~= 2 then
    error("a report of version " .. tostring(report.version) .. ", and this script knows 2", 0)
end
steps = {}
for _, path in ipairs(report.paths) do
    for _, step in ipairs(path.steps) do
        if step.time then
            steps[#steps + 1] = { path = path.id, step = step }
        end
    end
end
table.sort(steps, function(a, b)
    if a.step.time ~= b.step.time then
        return a.step.time > b.step.time
    end
    return a.step.n < b.step.n
end)
for i = 1, math.min(tonumber(count) or 10, #steps) do
    local step = steps[i].step

    print(string.format("%10.6f s  path %d, step %d, frame %d, %s: %s", step.time, steps[i].path, step.n,
        step.request or step.response, step.server.name or step.server.address, step.summary))
end
