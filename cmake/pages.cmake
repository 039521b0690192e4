# SPDX-License-Identifier: GPL-2.0-or-later
#
# Makes pages of HTML of the folder docs, for people who have no checkout:
#
#   cmake -D FROM=<docs> -D INTO=<folder> -D CMARK=<cmark-gfm> -P cmake/pages.cmake
#
# cmark-gfm reads Markdown as it is read where the sources lie. Added here: a head, anchors of headings, which it makes
# none of, and names of pages in links. What is not among the pages (sources, captures) is text, no link.

cmake_minimum_required(VERSION 3.16)

if(NOT FROM OR NOT INTO OR NOT CMARK)
    message(FATAL_ERROR "usage: see the top of cmake/pages.cmake")
endif()

# Nothing runs in a page, and nothing is loaded but its own pictures.
set(head [=[<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@TITLE@ - adpath</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 sans-serif; max-width: 50em; margin: 1em auto; padding: 0 1em; }
h1, h2, h3 { line-height: 1.2; }
pre, code { font: 14px/1.4 monospace; }
pre { overflow-x: auto; padding: .6em; border: 1px solid #8888; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #8888; padding: .2em .5em; text-align: left; vertical-align: top; }
img { max-width: 100%; }
</style></head><body>
<nav><a href="@UP@findings/README.html">All findings</a> · <a href="@UP@guide.html">Guide</a> · <a href="@UP@filters.html">Fields and filters</a></nav>
]=])
set(foot "</body></html>\n")

file(GLOB_RECURSE names RELATIVE "${FROM}" "${FROM}/findings/*.md" "${FROM}/*.md")
# Who builds or changes the plugin has a checkout.
list(FILTER names EXCLUDE REGEX "^(training/|(architecture|field-log|in-tree|lab|performance|windows)[.]md$)")
list(REMOVE_DUPLICATES names)

# GitHub's anchor of a heading: small letters, digits, "-" and "_"; blanks become "-".
function(anchor_of text result)
    string(REGEX REPLACE "<[^>]*>" "" text "${text}")
    string(REGEX REPLACE "&[a-z]+;" "" text "${text}")
    string(TOLOWER "${text}" text)
    string(REGEX REPLACE "[^a-z0-9 _-]" "" text "${text}")
    string(REPLACE " " "-" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

function(add_anchors html result)
    set(done "")
    while(html MATCHES "<h([1-6])>([^\n]*)</h[1-6]>")
        set(found "${CMAKE_MATCH_0}")
        set(level "${CMAKE_MATCH_1}")
        anchor_of("${CMAKE_MATCH_2}" anchor)
        set(heading "<h${level} id=\"${anchor}\">${CMAKE_MATCH_2}</h${level}>")
        string(FIND "${html}" "${found}" at)
        string(SUBSTRING "${html}" 0 ${at} before)
        string(LENGTH "${found}" length)
        math(EXPR at "${at} + ${length}")
        string(SUBSTRING "${html}" ${at} -1 html)
        string(APPEND done "${before}" "${heading}")
    endwhile()
    set(${result} "${done}${html}" PARENT_SCOPE)
endfunction()

# A link to a page is one to its HTML; one to what is not there becomes text.
function(turn_links html folder result)
    set(done "")
    while(html MATCHES "<a href=\"([^\":#]+)(#[^\"]*)?\">")
        set(found "${CMAKE_MATCH_0}")
        set(target "${CMAKE_MATCH_1}")
        set(anchor "${CMAKE_MATCH_2}")
        get_filename_component(path "${target}" ABSOLUTE BASE_DIR "/${folder}")
        string(SUBSTRING "${path}" 1 -1 path)
        string(FIND "${html}" "${found}" at)
        string(SUBSTRING "${html}" 0 ${at} before)
        string(LENGTH "${found}" length)
        math(EXPR at "${at} + ${length}")
        string(SUBSTRING "${html}" ${at} -1 html)
        if(path IN_LIST names)
            string(REGEX REPLACE "\\.md$" ".html" target "${target}")
            string(APPEND done "${before}" "<a href=\"${target}${anchor}\">")
        else()
            string(APPEND done "${before}")
            string(FIND "${html}" "</a>" at)
            string(SUBSTRING "${html}" 0 ${at} text)
            math(EXPR at "${at} + 4")
            string(SUBSTRING "${html}" ${at} -1 html)
            string(APPEND done "${text}")
        endif()
    endwhile()
    set(${result} "${done}${html}" PARENT_SCOPE)
endfunction()

foreach(name IN LISTS names)
    execute_process(COMMAND "${CMARK}" --extension table --to html "${FROM}/${name}"
        OUTPUT_VARIABLE html RESULT_VARIABLE status)
    if(status)
        message(FATAL_ERROR "${CMARK} cannot read ${name}")
    endif()
    get_filename_component(folder "${name}" DIRECTORY)
    set(up "")
    if(folder)
        set(up "../")
    endif()
    set(title "${name}")
    if(html MATCHES "<h1>([^\n]*)</h1>")
        string(REGEX REPLACE "<[^>]*>" "" title "${CMAKE_MATCH_1}")
    endif()
    add_anchors("${html}" html)
    turn_links("${html}" "${folder}" html)
    string(REPLACE "@TITLE@" "${title}" page "${head}")
    string(REPLACE "@UP@" "${up}" page "${page}")
    string(REGEX REPLACE "\\.md$" ".html" file "${name}")
    file(WRITE "${INTO}/${file}" "${page}${html}${foot}")
endforeach()
file(GLOB pictures RELATIVE "${FROM}" "${FROM}/images/guide-*.png" "${FROM}/images/html-*.png")
foreach(name IN LISTS pictures)
    configure_file("${FROM}/${name}" "${INTO}/${name}" COPYONLY)
endforeach()
