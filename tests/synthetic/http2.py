# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP/2 byte by byte (RFC 9113), with headers that are not compressed."""
import struct

from build import *  # noqa: F403
from web import MAIL, PATH

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS_FRAME, PUSH_PROMISE, GOAWAY, CONTINUATION = 0, 1, 2, 3, 4, 5, 7, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITIZED = 1, 1, 4, 8, 0x20
HTTP_1_1_REQUIRED = 13
# Places in the static table, of the names that have one (RFC 7541 appendix A).
NAMES = {":authority": 1, ":method": 2, ":path": 4, ":scheme": 6, ":status": 8, "authorization": 23, "location": 46,
         "www-authenticate": 61}  # fmt: skip


def frame(kind, stream, data=b"", flags=0):
    return len(data).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + data


def number(first, bits, value):
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    value, more = value - most, bytes([first | most])
    while value > 127:
        value, more = value >> 7, more + bytes([128 | value & 127])
    return more + bytes([value])


def text(value):
    return number(0, 7, len(value)) + value.encode()


def block(*headers):
    """Literals without indexing (RFC 7541 6.2.2)."""
    parts = []
    for name, value in headers:
        place = NAMES.get(name, 0)
        parts.append(number(0, 4, place) + (b"" if place else text(name)) + text(value))
    return b"".join(parts)


def remembered(*headers):
    """Literals that are put into the table of the connection (RFC 7541 6.2.1): the last one has the number 62 then, the one before it 63."""
    return b"".join(number(0x40, 6, NAMES[name]) + text(value) for name, value in headers)


def named(*places):
    """Headers of which only their numbers in the tables are said (RFC 7541 6.1)."""
    return b"".join(number(0x80, 7, place) for place in places)


def asking(host=MAIL, path=PATH, method="POST", *headers):
    return block((":method", method), (":scheme", "http"), (":authority", host), (":path", path), *headers)


def answering(status, *headers):
    return block((":status", str(status)), *headers)


def message(stream, headers, body=None, cut=0):
    """HEADERS, in pieces of `cut` bytes when it is not 0, and DATA."""
    last = END_STREAM if body is None else 0
    pieces = [headers[i : i + cut] for i in range(0, len(headers), cut)] if cut else [headers]
    frames = []
    for i, piece in enumerate(pieces):
        flags = (END_HEADERS if i == len(pieces) - 1 else 0) | (0 if i else last)
        frames.append(frame(CONTINUATION if i else HEADERS, stream, piece, flags))
    if body is not None:
        frames += [frame(DATA, stream, body[:50]), frame(DATA, stream, body[50:], END_STREAM)]
    return frames


def begin(t):
    t.ask(PREFACE + frame(SETTINGS_FRAME, 0))
    t.answer(frame(SETTINGS_FRAME, 0) + frame(SETTINGS_FRAME, 0, b"", ACK))
    t.ask(frame(SETTINGS_FRAME, 0, b"", ACK))
