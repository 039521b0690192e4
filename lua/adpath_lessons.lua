-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Lessons inside Wireshark: a capture is opened, a task is set, answers are checked against the capture.
-- Optional: docs/training/README.md says how to install it, and how a lesson is written.
--
-- In Wireshark: Tools > AD Discovery Path > Lessons. In tshark, with the capture of the lesson:
--   tshark -2 -q -r FILE -X lua_script:adpath_lessons.lua -X lua_script1:lesson=3 -X lua_script1:answer=dc1
-- (tools/run --lesson 3 --answer dc1 is the same.) Runs on Lua 5.2 and 5.4.

local SOURCE = debug.getinfo(1, "S").source
local HERE = SOURCE:match("^@(.*)[/\\][^/\\]*$") or "."
local ROOT = HERE .. "/.." -- testdata/ lies beside lua/, in a checkout as where it is installed
local core = dofile(HERE .. "/lessons/core.lua")
local answers = dofile(HERE .. "/lessons/answers.lua")
local wrap, Trial = core.wrap, answers.Trial
local list_of, task_of, question_text = core.list_of, core.task_of, core.question_text
local refusal, praise, shown_text = core.refusal, core.praise, core.shown_text

-- What -X lua_script1: brings. Wireshark 4.4 gives a script in its plugin folder the script's own name and file, as
-- require() does: nobody asked for anything then.
local words = { ... }
if #words == 2 and "@" .. words[2] == SOURCE then
    words = {}
end

local lessons, faults = {}, {}
if gui_enabled() or #words > 0 then -- not at each start of a tshark that has other things to do
    lessons, faults = core.load_lessons(HERE .. "/lessons")
end

---- in tshark

-- Arguments "key=value" behind -X lua_script1:, as lists of values.
local function arguments()
    local given = {}
    for _, word in ipairs(words) do
        local key, value = tostring(word):match("^(%w+)=(.*)$")
        if not key then
            key, value = tostring(word), ""
        end
        given[key] = given[key] or {}
        table.insert(given[key], value)
    end
    return given
end

-- In tshark: to_do() is called when the file is opened. While scripts are loaded, fields of other scripts
-- (adpath_lite.lua) are not there yet.
local function when_opened(to_do)
    local opener, opened = Proto("adpath_lessons", "Lessons of adpath"), false
    Listener.new("frame") -- or tshark would see no reason to dissect
    function opener.init()
        if not opened then
            opened = true
            to_do()
        end
    end
end

local function lesson_named(text)
    for _, lesson in ipairs(lessons) do
        if lesson.name == text or lesson.number == tonumber(text) then
            return lesson
        end
    end
    return nil
end

-- For programs: what is accepted, and how answers are taken, a line each. What belongs to another capture
-- than the one that is read is left out.
local function drill(lesson, given)
    local capture = given.capture and given.capture[1] or lesson.capture
    local keys = given.keys ~= nil
    local tries = {}
    -- In a file: Wireshark hands over no more than some twenty arguments unharmed.
    for text in (given.tries and core.read_file(given.tries[1]) or ""):gmatch("[^\n]+") do
        local q, answer = text:match("^(%d+):(.*)$")
        local question = lesson.questions[tonumber(q)]
        local trial = Trial.new()
        local typed, fault = answers.prepare(trial, question, answer)
        tries[#tries + 1] = { q = q, question = question, answer = answer, trial = trial, typed = typed, fault = fault }
    end
    local all = Trial.new()
    local unknown = {}
    for q, question in ipairs(lesson.questions) do
        local _, fault = answers.prepare(all, question, nil)
        unknown[q] = fault
    end
    all:at_end(function()
        for q, question in ipairs(lesson.questions) do
            if unknown[q] then
                print("fault", q, (unknown[q]:gsub("\n", " ")))
            elseif question.capture == capture and question.keys == keys then
                for _, made in ipairs(question.answers) do
                    for _, value in ipairs(all:values(made)) do
                        local text = question.as == "filter" and made.filter or value.text
                        print("solve", q, question.as, value.frame or "", text, value.display or "")
                        if question.as == "filter" then
                            break
                        end
                    end
                end
                for _, made in ipairs(question.mistakes) do
                    for _, value in ipairs(all:values(made)) do
                        local mistake = answers.AS[question.as](value.text)
                        local right = false
                        for _, answer in ipairs(question.answers) do
                            right = right or mistake ~= nil and all:accepts(answer, question.as, mistake)
                        end
                        if mistake ~= nil and not right then
                            print("mistake", q, question.as, value.frame or "", value.text, made.reply)
                            break
                        end
                    end
                end
            end
        end
        for _, try in ipairs(tries) do
            local right, said = false, try.fault
            if try.typed then
                right, said = answers.judge(try.trial, try.question, try.answer, try.typed)
            end
            print("try", try.q, right and "right" or "wrong", (tostring(said or ""):gsub("%s+", " ")), try.answer)
        end
    end)
end

-- An answer to a question, or with `show` what is right.
local function answer(lesson, q, text, given, progress)
    local question = lesson.questions[q]
    local trial = Trial.new()
    local typed, fault = answers.prepare(trial, question, text)
    if not typed then
        print(wrap(fault))
        return
    end
    trial:at_end(function()
        print(question_text(lesson, q) .. "\n")
        if given.show then
            local shown, frame = shown_text(trial, lesson, q)
            print(shown .. (frame and "\n\nFrame: " .. frame or ""))
            return
        end
        local right, said = answers.judge(trial, question, text, typed)
        local unkept = progress:note(lesson, q, right)
        print(right and praise(lesson, q, progress) or refusal(question, progress:of(lesson, q).tries, said))
        if unkept then
            print("\n" .. wrap(unkept))
        end
        local next_one = progress:open_question(lesson)
        if right and next_one then
            print("\n" .. question_text(lesson, next_one))
        end
    end)
end

-- One question, for people.
local function ask(lesson, given, progress)
    local q = given.question and tonumber(given.question[1]) or progress:open_question(lesson) or 1
    local question = lesson.questions[q]
    if not question then
        print("This lesson has " .. #lesson.questions .. " questions.")
        return
    end
    if given.where then
        print("where", q, question.capture, question.keys and "keys" or "")
        return
    end
    local text = given.answer and given.answer[1]
    if not text and not given.show then
        print(task_of(lesson))
        print("\nCapture: " .. question.capture .. "\n")
        print(question_text(lesson, q))
        if given.hint then
            for _, hint in ipairs(question.hints) do
                print("\n" .. wrap("Hint: " .. hint))
            end
        end
        return
    end
    when_opened(function()
        answer(lesson, q, text, given, progress)
    end)
end

local function command()
    local given = arguments()
    local progress = core.Progress.open(given.progress and given.progress[1] or persconffile_path("adpath-lessons"))
    for _, fault in ipairs(faults) do
        print("fault", 0, fault)
    end
    if given.reset then
        print(progress:reset() or "Your progress is forgotten.")
    elseif given.lesson and given.lesson[1] ~= "list" then
        local lesson = lesson_named(given.lesson[1])
        if not lesson then
            print("There is no lesson " .. given.lesson[1] .. ". These are there:\n\n" .. list_of(lessons, progress))
        elseif given.solve or given.tries then
            when_opened(function()
                drill(lesson, given)
            end)
        else
            ask(lesson, given, progress)
        end
    else
        print(list_of(lessons, progress))
    end
end

---- in Wireshark

local Class = {} -- the window, and where its user is
local start_with -- the lesson to begin with, from the command line

-- The first line of the window is the user's. Not a dialog: Wireshark closes those that scripts open in a way that
-- leaves Qt's accessibility with what is gone, and where a screen reader runs, one of the next ends Wireshark.
local LABELS = { answer = "Type your answer here:", number = "Type the number of a lesson here:" }

-- What stands in the first line, behind its label or before it: a new text has the cursor at its very start.
local function typed_text()
    local line = Class.window and Class.window:get_text():match("^[^\n]*") or ""
    for _, label in pairs(LABELS) do
        local from, to = line:find(label, 1, true)
        if from then
            line = line:sub(1, from - 1) .. " " .. line:sub(to + 1)
        end
    end
    return core.trim(line)
end

-- Shows where its user is, and a text below it. `kept`: what stays in the first line.
local function say(text, kept)
    if Class.window then
        local lesson = Class.lesson
        local label = lesson and LABELS.answer or LABELS.number
        local parts = { label .. " " .. (kept or "") .. "\n" .. ("="):rep(40) }
        if lesson then
            parts[#parts + 1] = task_of(lesson)
            parts[#parts + 1] = question_text(lesson, Class.q)
        else
            parts[#parts + 1] = "Lessons. Type the number of one into the first line, and press Choose.\n\n"
                .. list_of(lessons, Class.progress)
            for _, fault in ipairs(faults) do
                parts[#parts + 1] = wrap("A lesson that cannot be read: " .. fault)
            end
        end
        parts[#parts + 1] = text
        Class.window:set(table.concat(parts, "\n\n") .. "\n")
    end
end

-- Opens the capture of the question, unless it is open already. What is wrong, when it cannot be.
local function open_capture()
    local path = ROOT .. "/" .. Class.lesson.questions[Class.q].capture
    if Class.opened == path then
        return nil
    end
    if not file_exists(path) then
        return "The capture " .. path .. " is missing: the folder testdata has to lie beside the folder lua."
    end
    set_filter("")
    apply_filter()
    open_capture_file(path, "")
    Class.opened = path
    return nil
end

local function go_to(lesson, q)
    Class.lesson, Class.q = lesson, q
    local fault = open_capture()
    say(fault and wrap(fault) or "")
end

-- Reads the packets with the taps of the question; gives what to_do(trial, typed) gives.
local function with_packets(text, to_do)
    local question = Class.lesson.questions[Class.q]
    local trial = Trial.new()
    local typed, fault = answers.prepare(trial, question, text)
    if typed then
        retap_packets()
    end
    local result = typed and to_do(trial, typed) or wrap(fault)
    trial:remove()
    return result
end

-- How many hints of a question its user has seen.
local function hints_said(lesson, q, count)
    local key = lesson.name .. q
    Class.hints = Class.hints or {}
    Class.hints[key] = math.max(Class.hints[key] or 0, count or 0)
    return Class.hints[key]
end

local function check()
    local lesson, q, text = Class.lesson, Class.q, typed_text()
    if text == "" then
        say("Type your answer into the first line of this window, and press Check my answer.")
        return
    end
    say(with_packets(text, function(trial, typed)
        local right, said = answers.judge(trial, lesson.questions[q], text, typed)
        local unkept = Class.progress:note(lesson, q, right)
        local reply, turn
        if right then
            reply = praise(lesson, q, Class.progress) .. "\n\nPress Next."
        else
            -- The button Hint goes on behind the one that is said here.
            reply, turn = refusal(lesson.questions[q], Class.progress:of(lesson, q).tries, said)
            hints_said(lesson, q, turn)
        end
        return "Your answer: " .. text .. "\n\n" .. reply .. (unkept and "\n\n" .. wrap(unkept) or "")
    end))
end

local function show_me()
    local frame, filter
    local kept = typed_text()
    local text = with_packets(nil, function(trial)
        local shown
        shown, frame, filter = shown_text(trial, Class.lesson, Class.q)
        return shown
    end)
    -- The filters run when this function is done. After one that leaves a single packet, the next one selects its
    -- first; and the entry shows the last one only if it was there before.
    if filter then
        for _, expression in ipairs(frame and { filter, "frame.number == " .. frame, filter } or { filter }) do
            set_filter(expression)
            apply_filter()
        end
    end
    say(text, kept)
end

local function show_hint()
    local hints = Class.lesson.questions[Class.q].hints
    local count = math.min(hints_said(Class.lesson, Class.q) + 1, #hints)
    local lines = {}
    for i = 1, hints_said(Class.lesson, Class.q, count) do
        lines[i] = wrap("Hint: " .. hints[i])
    end
    say(lines[1] and table.concat(lines, "\n\n") or "There is no hint for this one.", typed_text())
end

local function next_one()
    local lesson, q = Class.lesson, Class.q
    if lesson.questions[q + 1] then
        go_to(lesson, q + 1)
        return
    end
    for i, other in ipairs(lessons) do
        if other == lesson and lessons[i + 1] then
            go_to(lessons[i + 1], 1)
            return
        end
    end
    Class.lesson = nil
    say("That was the last lesson.")
end

-- By the number in the first line; without one, the list.
local function choose()
    local text = typed_text()
    local lesson = lesson_named(text)
    if lesson then
        go_to(lesson, Class.progress:open_question(lesson) or 1)
    else
        Class.lesson = nil
        say(text == "" and "" or "There is no lesson " .. text .. ".")
    end
end

-- A button that needs a lesson begins with the first one that is not done.
local function in_lesson(to_do)
    return function()
        if Class.lesson then
            to_do()
            return
        end
        for _, lesson in ipairs(lessons) do
            local q = Class.progress:open_question(lesson)
            if q then
                go_to(lesson, q)
                return
            end
        end
        choose()
    end
end

local function open_window()
    if not lessons[1] then
        local missing = TextWindow.new("AD Discovery: lessons")
        missing:set("There are no lessons in " .. HERE .. "/lessons: the folder has to lie beside this script.\n")
        return
    end
    Class.progress = core.Progress.open(persconffile_path("adpath-lessons"))
    Class.opened = nil
    local window = TextWindow.new("AD Discovery: lessons")
    Class.window = window
    window:set_editable(true)
    window:set_atclose(function()
        if Class.window == window then
            Class.window = nil
        end
    end)
    window:add_button("Choose", choose)
    window:add_button("Hint", in_lesson(show_hint))
    window:add_button("Check my answer", in_lesson(check))
    window:add_button("Show me", in_lesson(show_me))
    window:add_button("Next", in_lesson(next_one))
    local first = start_with and lesson_named(start_with)
    if first then
        go_to(first, Class.progress:open_question(first) or 1)
    else
        Class.lesson = nil
        say("")
    end
end

local function forget()
    new_dialog("Forget my progress in the lessons", function(text)
        if answers.AS.yesno(text) == "yes" then
            local progress = core.Progress.open(persconffile_path("adpath-lessons"))
            local fault = progress:reset()
            Class.progress = progress
            Class.lesson = nil
            say(fault or "Your progress is forgotten.")
        end
    end, "Type yes")
end

if gui_enabled() then
    start_with = arguments().lesson and arguments().lesson[1]
    -- Installed, and named on the command line: one menu is enough. Scripts share their globals.
    if not adpath_lessons_menu then
        adpath_lessons_menu = {}
        register_menu("AD Discovery Path/Lessons", function()
            adpath_lessons_menu.open()
        end, MENU_TOOLS_UNSORTED)
        register_menu("AD Discovery Path/Lessons: forget my progress", function()
            adpath_lessons_menu.forget()
        end, MENU_TOOLS_UNSORTED)
    end
    adpath_lessons_menu.open, adpath_lessons_menu.forget = open_window, forget
elseif #words > 0 then
    command()
end
