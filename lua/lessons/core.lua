-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- What lessons are made of, without any window: reading them, progress, and what is said. answers.lua beside it
-- looks at the capture. Loaded alone, as Wireshark does with every script, it does nothing.

-- A window wraps by itself, as wide as it is.
local WIDTH = gui_enabled and gui_enabled() and math.huge or 78

---- texts

local function trim(text)
    return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

-- One paragraph in lines of at most WIDTH bytes.
local function wrap(text, indent)
    local lines, line = {}, nil
    indent = indent or ""
    for word in text:gmatch("%S+") do
        if line and #line + #word + 1 > WIDTH then
            lines[#lines + 1] = line
            line = nil
        end
        line = line and line .. " " .. word or indent .. word
    end
    lines[#lines + 1] = line
    return table.concat(lines, "\n")
end

local function wrap_all(paragraphs, indent)
    local done = {}
    for paragraph in (paragraphs .. "\n\n"):gmatch("(.-)\n\n+") do
        done[#done + 1] = wrap(paragraph, indent)
    end
    return table.concat(done, "\n\n")
end

---- lessons: paragraphs of "Key: value" lines, as Debian's control files have them

-- A list of paragraphs: key -> list of values. A line that begins with a blank goes on with the value above
-- it, a line of " ." is an empty one there, and "#" begins a comment.
local function parse(text)
    local paragraphs, current, values = {}, nil, nil
    for line in (text .. "\n"):gmatch("(.-)\r?\n") do
        if line:match("^%s*$") then
            current, values = nil, nil
        elseif not line:match("^#") then
            local key, value = line:match("^([%w%-]+):%s*(.-)%s*$")
            if key then
                if not current then
                    current = {}
                    paragraphs[#paragraphs + 1] = current
                end
                values = current[key] or {}
                current[key] = values
                values[#values + 1] = value
            elseif line:match("^%s") and values then
                local more = trim(line)
                values[#values] = values[#values] .. (more == "." and "\n\n" or "\n" .. more)
            else
                error("neither a key nor more of a value: " .. line)
            end
        end
    end
    return paragraphs
end

local function read_file(path)
    local file = io.open(path, "rb")
    if not file then
        return nil
    end
    local text = file:read("*a")
    file:close()
    return text
end

-- What a value is to be compared as, where the question does not say.
local USUAL = { frame = "frame", frames = "number", count = "number", any = "yesno", field = "name" }

-- An expression of an answer:
--   [first|last] frame where FILTER      the number of any (of the first, the last) packet that matches
--   frames where FILTER                  how many packets match
--   any where FILTER                     yes or no
--   [first|last|greatest] FIELD [in GROUP with OTHER = VALUE] where FILTER
--                                        the values of a field there; GROUP is the field whose subtree holds both
--   count FIELD where FILTER             how many different values
local function expression(text)
    local what, filter = text:match("^(.-)%s+where%s+(.+)$")
    assert(what, "no `where` in: " .. text)
    local made = { filter = trim(filter:gsub("%s+", " ")), text = text }
    local which, rest = what:match("^(%a+)%s+(.+)$")
    if which == "first" or which == "last" or which == "greatest" then
        made.which, what = which, rest
    end
    if what == "frame" or what == "frames" or what == "any" then
        made.kind = what
    elseif what:match("^count%s") then
        made.kind, made.field = "count", what:match("^count%s+([%w_.]+)$")
    else
        made.kind = "field"
        made.field, made.group, made.other, made.value =
            what:match("^([%w_.]+)%s+in%s+([%w_.]+)%s+with%s+([%w_.]+)%s*=%s*(.+)$")
        made.field = made.field or what:match("^([%w_.]+)$")
    end
    assert(made.kind == "frame" or made.kind == "frames" or made.kind == "any" or made.field,
        "not understood: " .. text)
    -- What a filter names is dissected; so the fields to be read have to be named, too.
    made.tap = "(" .. made.filter .. ")"
    for _, field in ipairs({ made.field or false, made.group or false, made.other or false }) do
        if field then
            made.tap = made.tap .. " && " .. field
        end
    end
    return made
end

local function question_of(paragraph, lesson)
    local function one(key)
        return paragraph[key] and paragraph[key][1]
    end
    local made = {
        text = one("Question"),
        answers = {},
        mistakes = {},
        hints = paragraph.Hint or {},
        show = one("Show"),
        explain = one("Explain") or "",
        absent = one("Absent"),
        choices = one("Choices"),
        keys = one("Keys") == "yes",
        capture = one("Capture") or lesson.capture,
    }
    for i, text in ipairs(paragraph.Answer or {}) do
        made.answers[i] = expression(text)
    end
    assert(made.text and made.answers[1], "a question needs Question: and Answer:")
    for i, text in ipairs(paragraph.Mistake or {}) do
        local from, reply = text:match("^(.-)%s*=>%s*(.+)$")
        assert(from, "no `=>` in: " .. text)
        made.mistakes[i] = expression(from)
        made.mistakes[i].reply = reply
    end
    made.as = one("As") or USUAL[made.answers[1].kind]
    made.show = made.show or made.answers[1].filter
    made.shown = expression("frame where " .. made.show)
    return made
end

local function lesson_of(name, text)
    local paragraphs = parse(text)
    local head = paragraphs[1]
    local lesson = {
        name = name,
        number = tonumber(name:match("^%d+")),
        title = head.Lesson[1],
        topic = head.Topic[1],
        minutes = tonumber(head.Minutes[1]),
        capture = head.Capture[1],
        needs = head.Needs[1],
        task = head.Task[1],
        explanation = head.Explanation[1],
        questions = {},
    }
    for i = 2, #paragraphs do
        lesson.questions[i - 1] = question_of(paragraphs[i], lesson)
    end
    return lesson
end

-- All lessons below a folder, in order; and what is wrong with those that cannot be read.
local function load_lessons(folder)
    local lessons, faults = {}, {}
    local found, names = pcall(Dir.open, folder)
    if found and names then
        for name in names do
            local text = name:match("^%d%d%-") and read_file(folder .. "/" .. name .. "/lesson.txt")
            if text then
                local fine, lesson = pcall(lesson_of, name, text)
                if fine then
                    lessons[#lessons + 1] = lesson
                else
                    faults[#faults + 1] = name .. ": " .. tostring(lesson)
                end
            end
        end
    end
    table.sort(lessons, function(a, b)
        return a.name < b.name
    end)
    return lessons, faults
end

---- progress: a line for each question that was tried, "lesson question tries right"

local Progress = {}
Progress.__index = Progress

function Progress.open(path)
    local self = setmetatable({ path = path, all = {} }, Progress)
    for line in (read_file(path) or ""):gmatch("[^\n]+") do
        local key, tries, right = line:match("^(%S+ %d+) (%d+) (%a+)$")
        if key then
            self.all[key] = { tries = tonumber(tries), right = right == "right" }
        end
    end
    return self
end

function Progress:of(lesson, q)
    return self.all[lesson.name .. " " .. q] or { tries = 0, right = false }
end

function Progress:save()
    local keys = {}
    for key in pairs(self.all) do
        keys[#keys + 1] = key
    end
    table.sort(keys)
    local file, fault = io.open(self.path, "wb")
    if not file then
        -- A new user's Wireshark has made no folder yet.
        for place in self.path:gmatch("()[/\\]") do
            if place > 1 then
                pcall(Dir.make, self.path:sub(1, place - 1))
            end
        end
        file, fault = io.open(self.path, "wb")
    end
    if not file then
        return "Your progress cannot be kept: " .. tostring(fault)
    end
    for _, key in ipairs(keys) do
        file:write(string.format("%s %d %s\n", key, self.all[key].tries, self.all[key].right and "right" or "open"))
    end
    file:close()
    return nil
end

function Progress:note(lesson, q, right)
    local now = self:of(lesson, q)
    self.all[lesson.name .. " " .. q] = { tries = now.tries + (right and 0 or 1), right = right or now.right }
    return self:save()
end

function Progress:reset()
    self.all = {}
    return self:save()
end

-- The first question of a lesson that nobody answered yet; nil when all are.
function Progress:open_question(lesson)
    for q in ipairs(lesson.questions) do
        if not self:of(lesson, q).right then
            return q
        end
    end
    return nil
end

---- what is shown

local function list_of(lessons, progress)
    local lines, longest = {}, 0
    for _, lesson in ipairs(lessons) do
        longest = math.min(math.max(longest, #lesson.title), 60)
    end
    local row = "%3d  %-" .. longest .. "s %2d min  %d of %d"
    for _, lesson in ipairs(lessons) do
        local done = 0
        for q in ipairs(lesson.questions) do
            done = done + (progress:of(lesson, q).right and 1 or 0)
        end
        lines[#lines + 1] = string.format(row, lesson.number, lesson.title, lesson.minutes,
            done, #lesson.questions)
    end
    return table.concat(lines, "\n")
end

local function task_of(lesson)
    local title = string.format("Lesson %d: %s (%d minutes)", lesson.number, lesson.title, lesson.minutes)
    return title .. "\n" .. ("-"):rep(#title) .. "\n\n" .. wrap_all(lesson.task)
end

local function question_text(lesson, q)
    local question = lesson.questions[q]
    local choices = question.choices and " (one of: " .. question.choices .. ")" or ""
    return wrap(string.format("Question %d of %d: %s%s", q, #lesson.questions, question.text, choices))
end

-- After a wrong answer: what is known of that answer, else the hint whose turn it is, and which that is (0: none).
local function refusal(question, tries, said)
    local turn = said and 0 or math.min(math.max(tries, 1), #question.hints)
    local hint = question.hints[turn]
    return wrap("Not yet. " .. (said or hint and "Hint: " .. hint or "Look again.")), turn
end

local function praise(lesson, q, progress)
    local text = "Right.\n\n" .. wrap_all(lesson.questions[q].explain)
    if not progress:open_question(lesson) then
        text = text .. "\n\nThat was the last question of this lesson.\n\n" .. wrap_all(lesson.explanation)
    end
    return text
end

-- What "Show me" says; the packet to go to, and the filter that leaves it and what is like it, are the other values.
local function shown_text(trial, lesson, q)
    local question = lesson.questions[q]
    local frame, values, seen = nil, {}, {}
    for _, made in ipairs(question.answers) do
        for _, value in ipairs(trial:values(made)) do
            frame = frame or value.frame
            local text = value.display or value.text
            if not seen[text] and #values < 8 then
                seen[text] = true
                values[#values + 1] = text
            end
        end
    end
    if #values == 0 then
        return wrap(question.absent or "Nothing in this capture answers the question."), nil, question.show
    end
    -- A new filter selects its first packet.
    local filter, first = question.show, trial:values(question.shown)[1]
    if frame and first and first.frame < frame then
        filter = "(" .. filter .. ") && frame.number >= " .. frame
    end
    local answer = question.as == "filter" and question.answers[1].filter or table.concat(values, ", or ")
    return "Filter: " .. filter .. "\nAnswer: " .. answer .. "\n\n" .. wrap_all(question.explain), frame, filter
end

return {
    wrap = wrap,
    wrap_all = wrap_all,
    trim = trim,
    read_file = read_file,
    expression = expression,
    load_lessons = load_lessons,
    Progress = Progress,
    list_of = list_of,
    task_of = task_of,
    question_text = question_text,
    refusal = refusal,
    praise = praise,
    shown_text = shown_text,
}
