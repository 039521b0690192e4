# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic SMB and RPC: as much of them as carries a security token (MS-SMB, MS-SMB2, MS-RPCE)."""
import struct
import uuid

LOGON_FAILURE = 0xC000006D
MORE_PROCESSING = 0xC0000016


def nbss(message):
    return struct.pack(">I", len(message)) + message


def smb2_header(command, status=0, reply=False, number=1):
    return b"\xfeSMB" + struct.pack(
        "<HHIHHIIQIIQ16s", 64, 1, status, command, 1, int(reply), 0, number, 0, 0, 0x11, bytes(16)
    )


def smb2_setup(token, number=1):
    body = struct.pack("<HBBIIHHQ", 25, 0, 1, 1, 0, 88, len(token), 0)
    return nbss(smb2_header(1, number=number) + body + token)


def smb2_setup_reply(token=b"", status=0, number=1):
    body = struct.pack("<HHHH", 9, 0, 72, len(token))
    return nbss(smb2_header(1, status, True, number) + body + (token or b"\0"))


def smb2_negotiate_reply(token):
    body = struct.pack(
        "<HHHH16sIIIIQQHHI", 65, 1, 0x0210, 0, bytes(16), 7, 1 << 20, 1 << 20, 1 << 20, 0, 0, 128, len(token), 0
    )
    return nbss(smb2_header(0, 0, True, 0) + body + token)


def smb1_header(status=0, reply=False, number=1):
    return b"\xffSMB\x73" + struct.pack(
        "<IBHH8sHHHHH", status, 0x98 if reply else 0x18, 0xC807, 0, bytes(8), 0, 0, 1, 0x800, number
    )


def smb1_setup(token, number=1):
    words = struct.pack("<BBHHHHIHII", 0xFF, 0, 0, 65535, 2, 1, 0, len(token), 0, 0x8000D05C)
    tail = b"\0" * (1 - len(token) % 2) + "Unix\0Samba\0".encode("utf-16-le")
    data = token + tail
    return nbss(smb1_header(number=number) + b"\x0c" + words + struct.pack("<H", len(data)) + data)


def smb1_setup_reply(token=b"", status=0, number=1):
    words = struct.pack("<BBHHH", 0xFF, 0, 0, 0, len(token))
    tail = b"\0" * (1 - len(token) % 2) + "Unix\0Samba\0W\0".encode("utf-16-le")
    data = token + tail
    head = smb1_header(status, True, number) + b"\x04"
    return nbss(head + words + struct.pack("<H", len(data)) + data)


NETLOGON = uuid.UUID("12345678-1234-abcd-ef00-01234567cffb").bytes_le + struct.pack("<I", 1)
NDR = uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860").bytes_le + struct.pack("<I", 2)
SPNEGO, KERBEROS = 9, 16  # auth_type, MS-RPCE 2.2.1.1.7


def rpc(kind, body, token=None, auth=SPNEGO, call=1):
    """A connection-oriented PDU with its auth trailer (C706 12.6.4, 13.2.6.1)."""
    trailer = b""
    if token is not None:
        pad = -len(body) % 4
        trailer = bytes(pad) + struct.pack("<BBBBI", auth, 6, pad, 0, 1) + token
    size = 16 + len(body) + len(trailer)
    head = struct.pack("<BBBB4sHHI", 5, 0, kind, 3, b"\x10\0\0\0", size, len(token or b""), call)
    return head + body + trailer


def rpc_bind(token, auth=SPNEGO, kind=11):
    context = struct.pack("<HBB", 0, 1, 0) + NETLOGON + NDR
    return rpc(kind, struct.pack("<HHIBBH", 5840, 5840, 0, 1, 0, 0) + context, token, auth)


def rpc_bind_ack(token, auth=SPNEGO, kind=12, result=0):
    address = struct.pack("<H", 6) + b"49155\0"
    body = struct.pack("<HHI", 5840, 5840, 1) + address
    body += bytes(-len(body) % 4) + struct.pack("<BBHHH", 1, 0, 0, result, 0) + NDR
    return rpc(kind, body, token, auth)


def rpc_bind_nak(token, auth=SPNEGO):
    return rpc(13, struct.pack("<HBBB", 8, 1, 5, 0), token, auth)


def rpc_fault(token=None, status=0x721):
    return rpc(3, struct.pack("<IHBBII", 0, 0, 0, 0, status, 0), token)
