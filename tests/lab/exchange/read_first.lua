-- SPDX-License-Identifier: GPL-2.0-or-later
-- Reads a request to its end before it is answered without the script `answer`, that is by 401.
--
-- Else Apache answers a request of HTTP/2 while its body is still on the way, and ends its stream (RST_STREAM with
-- NO_ERROR). RFC 9113, section 8.1, allows that, but libcurl 7.88 forgets such an answer, or waits for the rest of it.
-- luacheck: globals without_credentials always apache2

--- What bears credentials is read by the script.
function without_credentials(request)
    if not request.headers_in["Authorization"] then
        request:requestbody()
    end
    return apache2.DECLINED
end

function always(request)
    request:requestbody()
    return apache2.DECLINED
end
