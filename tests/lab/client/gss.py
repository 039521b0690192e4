# SPDX-License-Identifier: GPL-2.0-or-later
"""The first token of Negotiate for a web server, from the ticket cache, by MIT's library."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_size_t, c_uint32, c_void_p

LIBRARY = "libgssapi_krb5.so.2"
SPNEGO = bytes.fromhex("2b0601050502")
HOST_BASED = bytes.fromhex("2a864886f71201020104")
MUTUAL = 2
FAILURE = 0xFFFF0000  # of a status: it is an error


class Buffer(ctypes.Structure):
    _fields_ = [("length", c_size_t), ("value", c_void_p)]


class Oid(ctypes.Structure):
    _fields_ = [("length", c_uint32), ("elements", c_void_p)]


class NoToken(Exception):
    """There is no ticket, or none for this service."""


def buffer(data):
    """The bytes have to be held by the caller."""
    return Buffer(len(data), ctypes.cast(c_char_p(data), c_void_p))


def oid(data):
    return Oid(len(data), ctypes.cast(c_char_p(data), c_void_p))


def token_for(host):
    """For HTTP@host. Raises NoToken."""
    gss = ctypes.CDLL(LIBRARY)
    minor, name, context, out = c_uint32(), c_void_p(), c_void_p(), Buffer()
    service = f"HTTP@{host}".encode()
    given, kind, mechanism = buffer(service), oid(HOST_BASED), oid(SPNEGO)
    status = gss.gss_import_name(byref(minor), byref(given), byref(kind), byref(name))
    if status & FAILURE:
        raise NoToken(f"gss_import_name: {status:#x}")
    gss.gss_init_sec_context.argtypes = [
        *[POINTER(c_uint32), c_void_p, POINTER(c_void_p), c_void_p, POINTER(Oid), c_uint32, c_uint32],
        *[c_void_p, POINTER(Buffer), c_void_p, POINTER(Buffer), c_void_p, c_void_p],
    ]
    gss.gss_init_sec_context.restype = c_uint32
    status = gss.gss_init_sec_context(
        byref(minor), None, byref(context), name, byref(mechanism), MUTUAL, 0, None, None, None, byref(out), None, None
    )
    token = ctypes.string_at(out.value, out.length) if out.length else b""
    gss.gss_release_buffer(byref(minor), byref(out))
    gss.gss_release_name(byref(minor), byref(name))
    gss.gss_delete_sec_context(byref(minor), byref(context), None)
    if status & FAILURE or not token:
        raise NoToken(f"gss_init_sec_context: {status:#x}, {minor.value}")
    return token
