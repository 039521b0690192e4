-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Answers to the questions of lessons: expressions are evaluated on the capture by taps, and compared with what
-- somebody types. Loaded alone, as Wireshark does with every script, it does nothing.

local HERE = debug.getinfo(1, "S").source:match("^@(.*)[/\\][^/\\]*$") or "."
local core = dofile(HERE .. "/core.lua")
local trim, expression = core.trim, core.expression

local WRONG_FORM = {
    frame = "The answer is the number of a packet: the first column of the packet list.",
    number = "The answer is a number.",
    time = "The answer is a time in seconds, such as 1.5.",
    yesno = "The answer is yes or no.",
}
-- The same code has several names: RFC, MIT, Wireshark.
local CODE_PREFIXES = { "^KRB5", "^KDC_ERR_", "^KRB_AP_ERR_", "^KRB_ERR_", "^AP_ERR_", "^KRB_", "^ERR_" }

local function plain_number(text)
    local found
    for word in text:gmatch("[^%s,;#]+") do
        local number = tonumber(word) or tonumber((word:gsub("%.$", "")))
        if number then
            if found and found ~= number then
                return nil
            end
            found = number
        end
    end
    return found
end

-- How an answer is compared: what somebody types, and what the capture says, become the same text or
-- number. nil: it is of another form.
local AS = {}
function AS.text(text)
    return trim(text):lower():gsub("%s+", " "):gsub('^"(.*)"$', "%1")
end
function AS.name(text)
    return (AS.text(text):gsub("%.$", ""))
end
function AS.host(text)
    local name = AS.name(text):gsub("^%a[%w+.-]*://", ""):gsub("[/?#].*$", ""):gsub(":%d+$", "")
    return (name:gsub("%.$", ""))
end
function AS.url(text)
    return (AS.name(text):gsub("/$", ""))
end
function AS.ldapfilter(text)
    return (text:lower():gsub("%s+", ""))
end
function AS.number(text)
    return plain_number(text)
end
function AS.frame(text)
    local number = plain_number(text)
    return number and math.floor(number) == number and number or nil
end
function AS.time(text)
    local number, unit = trim(text):lower():match("^([+-]?[%d.]+e?[+-]?%d*)%s*(%a*)")
    local factor = { [""] = 1, s = 1, sec = 1, second = 1, seconds = 1, ms = 0.001, min = 60, minute = 60, minutes = 60,
    }
    return tonumber(number) and factor[unit] and tonumber(number) * factor[unit]
end
function AS.yesno(text)
    return ({ yes = "yes", y = "yes", ["true"] = "yes", no = "no", n = "no", ["false"] = "no" })[AS.name(text)]
end
function AS.code(text)
    local number = tonumber(trim(text)) or tonumber(text:match("%((%-?%d+)%)"))
        or tonumber(text:match("^%a+%s+(%d+)%s*$"))
    if number then
        return string.format("%d", number)
    end
    local name = trim(text):upper():gsub("[%s%-]+", "_")
    for _, prefix in ipairs(CODE_PREFIXES) do
        name = name:gsub(prefix, "")
    end
    return name
end

local function same(as, given, value)
    if as == "time" then
        return math.abs(given - value) <= math.max(0.05, value * 0.1)
    end
    if as == "host" and not given:find(".", 1, true) then
        return given == value:match("^[^.]*") -- dc1 is as good as dc1.nordwind.test
    end
    return given == value
end

-- The taps of one question: each expression gets what it finds in the capture.
local Trial = {}
Trial.__index = Trial

local function value_of(info)
    local value = info.value
    if type(value) == "number" or type(value) == "string" or type(value) == "boolean" then
        return tostring(value), info.display
    end
    local known, number = pcall(function()
        return value:tonumber()
    end)
    return known and tostring(number) or tostring(value), info.display
end

-- Notes what a packet says of the fields of an expression.
local function note(made, found, number)
    local inside, wanted = {}, not made.group
    local function close()
        if wanted then
            for _, value in ipairs(inside) do
                found.values[#found.values + 1] = value
            end
        end
        inside, wanted = {}, not made.group
    end
    for _, info in ipairs({ all_field_infos() }) do
        if made.group and info.name == made.group then
            close()
        end
        if info.name == made.field then
            local text, display = value_of(info)
            inside[#inside + 1] = { frame = number, text = text, display = display }
        elseif made.other and info.name == made.other and value_of(info) == made.value then
            wanted = true
        end
    end
    close()
end

function Trial.new()
    return setmetatable({ taps = {}, found = {} }, Trial)
end

-- Lets an expression be evaluated when the packets are read; what is wrong with it, when it cannot be.
function Trial:add(made)
    if self.found[made] then
        return nil
    end
    local fine, tap = pcall(Listener.new, "frame", made.tap)
    if not fine then
        return tostring(tap):match("invalid %- ([^\n]*)") or tostring(tap)
    end
    local found = { frames = {}, values = {} }
    self.found[made] = found
    self.taps[#self.taps + 1] = tap
    function tap.packet(pinfo)
        found.frames[#found.frames + 1] = pinfo.number
        if made.field then
            note(made, found, pinfo.number)
        end
    end
    return nil
end

-- In tshark: to_do() is called when all packets have been read.
function Trial:at_end(to_do)
    local tap = Listener.new("frame")
    self.taps[#self.taps + 1] = tap
    tap.draw = to_do
end

function Trial:remove()
    for _, tap in ipairs(self.taps) do
        tap:remove()
    end
    self.taps = {}
end

local function of_list(list, which)
    if which == "first" then
        return { list[1] }
    elseif which == "last" then
        return { list[#list] }
    end
    return list
end

-- What an expression comes to: a list of { text, display, frame }; empty when the capture has nothing of it.
function Trial:values(made)
    local found = self.found[made]
    local list = {}
    if not found then
        return list
    end
    if made.kind == "frames" then
        return { { text = tostring(#found.frames) } }
    elseif made.kind == "any" then
        return { { text = found.frames[1] and "yes" or "no", frame = found.frames[1] } }
    elseif made.kind == "frame" then
        for i, number in ipairs(found.frames) do
            list[i] = { text = string.format("%d", number), frame = number }
        end
        return of_list(list, made.which)
    elseif made.kind == "count" then
        local seen, number = {}, 0
        for _, value in ipairs(found.values) do
            if not seen[value.text:lower()] then
                seen[value.text:lower()] = true
                number = number + 1
            end
        end
        return { { text = tostring(number), frame = found.frames[1] } }
    end
    if made.which == "greatest" then
        local best
        for _, value in ipairs(found.values) do
            if not best or (tonumber(value.text) or 0) > (tonumber(best.text) or 0) then
                best = value
            end
        end
        return { best }
    end
    return of_list(found.values, made.which)
end

-- Is it one of the values of the expression?
function Trial:accepts(made, as, given)
    for _, value in ipairs(self:values(made)) do
        for _, text in ipairs({ value.text, value.display or value.text }) do
            local wanted = AS[as](text)
            if wanted ~= nil and same(as, given, wanted) then
                return true
            end
        end
    end
    return false
end

-- An answer that is a display filter: does it choose the same packets?
local function judge_filter(trial, question, typed)
    local wanted, got = trial.found[question.answers[1]], trial.found[typed]
    if table.concat(wanted.frames, ",") == table.concat(got.frames, ",") then
        return true
    end
    local more = #got.frames == 0 and "no packet" or #got.frames == 1 and "one packet" or #got.frames .. " packets"
    return false, "Your filter chooses " .. more .. ", and not those that are asked for."
end

-- Prepares the taps for a question and an answer to it (nil: only to show); what is wrong, when it cannot be.
local function prepare(trial, question, text)
    for _, list in ipairs({ question.answers, question.mistakes }) do
        for _, made in ipairs(list) do
            local fault = trial:add(made)
            if fault then
                return nil, "This Wireshark lacks something that the lesson looks at: " .. fault
                    .. " The lesson needs adpath: docs/training/README.md says how to install it."
            end
        end
    end
    if not text then
        trial:add(question.shown)
    end
    if text and question.as == "filter" then
        local typed = expression("frame where " .. (trim(text) == "" and "frame" or text))
        local fault = trial:add(typed)
        return not fault and typed or nil, fault and "Wireshark does not understand that filter: " .. fault
    end
    return true
end

-- The verdict on an answer: right or not, and what to say of it (nil: nothing but a hint).
local function judge(trial, question, text, typed)
    if question.as == "filter" then
        return judge_filter(trial, question, typed)
    end
    local given = AS[question.as](text)
    if given == nil or given == "" then
        return false, WRONG_FORM[question.as] or "There is no answer yet."
    end
    local any = false
    for _, made in ipairs(question.answers) do
        any = any or trial:values(made)[1] ~= nil
        if trial:accepts(made, question.as, given) then
            return true
        end
    end
    if not any then
        return false, question.absent
            or "Nothing in this capture answers the question: is it the capture of the lesson?"
    end
    for _, made in ipairs(question.mistakes) do
        if trial:accepts(made, question.as, given) then
            return false, made.reply
        end
    end
    return false
end

return { AS = AS, Trial = Trial, prepare = prepare, judge = judge }
