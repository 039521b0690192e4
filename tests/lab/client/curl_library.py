# SPDX-License-Identifier: GPL-2.0-or-later
"""libcurl as Debian builds it with other TLS libraries than pycurl's, which is GnuTLS.

The part of pycurl's interface that http_client uses, and its numbers of options.
"""

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_long, c_size_t, c_ubyte, c_void_p

import pycurl

LIBRARIES = {"openssl": "libcurl.so.4", "nss": "libcurl-nss.so.4"}
WRITE_FUNCTION, COPY_POST_FIELDS, POST_FIELD_SIZE = 20011, 10165, 60
WRITE = ctypes.CFUNCTYPE(c_size_t, POINTER(c_ubyte), c_size_t, c_size_t, c_void_p)
DEBUG = ctypes.CFUNCTYPE(c_int, c_void_p, c_int, POINTER(c_ubyte), c_size_t, c_void_p)
LONG_INFO = 0x200000  # getinfo: what kind of value it gives


class Curl:
    def __init__(self, name):
        self.library = ctypes.CDLL(LIBRARIES[name])
        self.library.curl_easy_init.restype = c_void_p
        self.library.curl_slist_append.restype = c_void_p
        self.library.curl_easy_strerror.restype = c_char_p
        self.handle = c_void_p(self.library.curl_easy_init())
        self.kept = []  # what libcurl holds addresses of

    def reset(self):
        self.library.curl_easy_reset(self.handle)
        self.kept = []

    def setopt(self, option, value):
        if option == pycurl.WRITEDATA:
            self._set(WRITE_FUNCTION, self._taker(value.write))
        elif option == pycurl.HEADERFUNCTION:
            self._set(option, self._taker(value))
        elif option == pycurl.DEBUGFUNCTION:
            self._set(option, DEBUG(lambda _h, kind, at, size, _p: value(kind, ctypes.string_at(at, size)) or 0))
        elif option == pycurl.POSTFIELDS:
            data = value.encode() if isinstance(value, str) else value
            self._set(POST_FIELD_SIZE, c_long(len(data)))
            self._set(COPY_POST_FIELDS, c_char_p(data))
        elif isinstance(value, list):
            self._set(option, self._list(value))
        elif isinstance(value, (str, bytes)):
            self._set(option, c_char_p(value.encode() if isinstance(value, str) else value))
        else:
            self._set(option, c_long(value))

    def perform(self):
        code = self.library.curl_easy_perform(self.handle)
        if code:
            raise pycurl.error(code, self.library.curl_easy_strerror(code).decode())

    def getinfo(self, info):
        value = c_long() if info & LONG_INFO else c_char_p()
        self.library.curl_easy_getinfo(self.handle, info, ctypes.byref(value))
        return value.value if info & LONG_INFO else (value.value or b"").decode()

    def _set(self, option, value):
        self.kept.append(value)
        code = self.library.curl_easy_setopt(self.handle, option, value)
        if code:
            raise pycurl.error(code, f"option {option}")

    @staticmethod
    def _taker(function):
        def take(at, size, count, _data):
            function(ctypes.string_at(at, size * count))
            return size * count

        return WRITE(take)

    def _list(self, lines):
        head = None
        for line in lines:
            head = c_void_p(self.library.curl_slist_append(head, c_char_p(line.encode())))
        return head
