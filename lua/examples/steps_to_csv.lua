-- steps_to_csv.lua: one line for each step of a capture, for a spreadsheet.
--
--   tshark -2 -q -r capture.pcapng -X lua_script:steps_to_csv.lua -X lua_script1:steps.csv
--
-- Without the second -X it writes to standard output. Needs the module: adpath_lite.lua has no numbers and outcomes.
-- A listener of Lua gets nothing from the tap itself but the frames; it reads there every field of docs/filters.md.
--
-- SPDX-License-Identifier: GPL-2.0-or-later

local file_name = ...
local columns = { "n", "path", "step", "client", "server", "outcome", "time", "summary" }
local fields, rows, highest = {}, {}, 0

for _, name in ipairs(columns) do
    fields[name] = Field.new("adpath." .. name)
end

-- Only steps of Kerberos: Listener.new("adpath", 'adpath.step == "kerberos"')
local tap = Listener.new("adpath")

function tap.packet()
    local values = {}

    for _, name in ipairs(columns) do
        values[name] = { fields[name]() }
    end
    for i, number in ipairs(values.n) do
        local row = {}

        for at, name in ipairs(columns) do
            -- A step may lack its path or its time: then what the frame has cannot be told apart.
            row[at] = #values[name] == #values.n and tostring(values[name][i]) or ""
        end
        rows[number.value] = row
        highest = math.max(highest, number.value)
    end
end

-- Text of packets is no formula, whatever it begins with.
local function cell(text)
    if text:find("^[=+@-]") and not tonumber(text) then
        text = "'" .. text
    end
    return '"' .. text:gsub('"', '""') .. '"'
end

local function line(row)
    local cells = {}

    for i, text in ipairs(row) do
        cells[i] = cell(text)
    end
    return table.concat(cells, ",") .. "\n"
end

function tap.draw()
    local out = file_name and assert(io.open(file_name, "w")) or io.stdout

    out:write(line(columns))
    for number = 1, highest do
        if rows[number] then
            out:write(line(rows[number]))
        end
    end
    if file_name then
        out:close()
    end
end
