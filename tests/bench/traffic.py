# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic captures to measure with: mixed, foreign and directory traffic, the same ones each time."""

import pathlib
import random
import struct

ROOT = pathlib.Path(__file__).resolve().parents[2]


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(proto, src, dst, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, proto, 0,
                       bytes(src), bytes(dst))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return b"\2" * 6 + b"\4" * 6 + b"\x08\0" + head + payload


def tcp(src, dst, sport, dport, seq, payload):
    return ip(6, src, dst, struct.pack("!HHIIBBHHH", sport, dport, seq, 1, 0x50, 0x18, 8192, 0, 0)
              + payload)


def udp(src, dst, sport, dport, payload):
    return ip(17, src, dst, struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload)


def dns_query(number):
    name = b"".join(bytes([len(p)]) + p for p in (b"host%d" % (number % 500), b"example", b"test"))
    return struct.pack("!HHHHHH", number & 0xFFFF, 0x100, 1, 0, 0, 0) + name + b"\0\0\1\0\1"


def lab_frames():
    """Frames of the recordings: their enhanced packet blocks, little-endian as recorded."""
    frames = []
    for capture in sorted((ROOT / "testdata" / "lab").glob("*.pcapng")):
        data = capture.read_bytes()
        at = 0
        while at + 12 <= len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 6:
                captured = struct.unpack_from("<I", data, at + 20)[0]
                frames.append(data[at + 28:at + 28 + captured])
            at += length
    return frames


def stream_end(stream):
    return 10, 2 + stream // 50000, stream // 200 % 250, stream % 200 + 1


def streams_of(packets):
    """Some fifty packets each: Wireshark itself is slow where a connection goes on and on."""
    return max(3000, packets // 50 // 3 * 3)


def mixed_frames(packets):
    rng = random.Random(1)
    lab = lab_frames()
    seqs = {}
    streams = streams_of(packets)
    for n in range(packets):
        kind = rng.random()
        client = (10, 1, n // 200 % 200, n % 200 + 1)
        if kind < 0.06:
            yield lab[n % len(lab)]
        elif kind < 0.10:
            yield udp(client, (10, 1, 255, 1), 1024 + n % 60000, 53, dns_query(n))
        else:
            stream = n % streams
            seq = seqs.get(stream, 1)
            body = rng.choice((b"GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n",
                               b"\x17\x03\x03\x01\x00" + b"x" * 256, b"y" * 900))
            seqs[stream] = seq + len(body)
            yield tcp(stream_end(stream), (10, 3, 0, 1), 10000 + stream % 50000,
                      (80, 443, 9999)[stream % 3], seq, body)


def directory_frames(packets):
    """Nothing but frames of the recordings, each time from other clients."""
    lab = lab_frames()
    for n in range(packets):
        copy = n // len(lab)
        network = bytes((10, 100 + copy // 250 % 100, copy % 250))
        yield lab[n % len(lab)].replace(bytes((10, 77, 0)), network)


def foreign_frames(packets):
    for n in range(packets):
        stream = n % 3000
        if n % 4 == 0:
            yield udp(stream_end(stream), (10, 3, 0, 1), 20000 + stream, 6000, b"u" * 200)
        elif n % 4 == 1:
            yield (b"\xff" * 6 + b"\4" * 6 + b"\x08\x06" + struct.pack("!HHBBH", 1, 0x800, 6, 4, 1) +
                   b"\4" * 6 + bytes(stream_end(stream)) + b"\0" * 6 + bytes((10, 3, 0, 1)))
        else:
            yield tcp(stream_end(stream), (10, 3, 0, 1), 16000 + stream, 5000,
                      1 + n // 3000 * 600, b"t" * 600)


def locator_name(client):
    labels = ("_ldap", "_tcp", "dc", "_msdcs", f"d{client % 50}", "test")
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def client_frames(packets):
    """As many clients as possible: each asks for a locator name, and the answer names its domain's controller."""
    for n in range(packets // 2):
        client, server = (10, 2 + n // 62500, n // 250 % 250, n % 250 + 1), (10, 1, 0, n % 50 + 1)
        question = locator_name(n) + b"\0\x21\0\1"
        head = struct.pack("!H", n & 0xFFFF)
        host = b"\2dc" + locator_name(n)[21:]
        record = b"\xc0\x0c\0\x21\0\1\0\0\2\x58" + struct.pack("!H", 6 + len(host)) + b"\0\0\0\x64\1\x85" + host
        yield udp(client, server, 50000, 53, head + b"\1\0\0\1\0\0\0\0\0\0" + question)
        yield udp(server, client, 53, 50000, head + b"\x85\x80\0\1\0\1\0\0\0\0" + question + record)


TRAFFIC = {"mixed": mixed_frames, "foreign": foreign_frames, "directory": directory_frames,
           "clients": client_frames}


def write_capture(path, frames):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for n, frame in enumerate(frames):
            out.write(struct.pack("<IIII", 1700000000 + n // 1000, n % 1000 * 1000, len(frame),
                                  len(frame)) + frame)
