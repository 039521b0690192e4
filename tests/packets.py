# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets of the recordings, to make other captures of."""

import struct


def frames_of(path):
    """(nanoseconds, bytes) of each packet of a pcapng file as dumpcap writes it."""
    data = path.read_bytes()
    at, resolution = 0, 6
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if kind == 1:  # interface
            option = at + 16
            while option + 4 <= at + length - 4:
                code, size = struct.unpack_from("<HH", data, option)
                if code == 9:
                    resolution = data[option + 4]
                if code == 0:
                    break
                option += 4 + (size + 3) // 4 * 4
        elif kind == 6:  # enhanced packet
            high, low, captured = struct.unpack_from("<III", data, at + 12)
            ticks = high << 32 | low
            yield ticks * 10 ** (9 - resolution), data[at + 28 : at + 28 + captured]
        at += length


def pcap_header():
    return struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)


def pcap_record(ns, frame):
    return struct.pack("<IIII", ns // 10**9, ns % 10**9, len(frame), len(frame)) + frame


def write(path, frames):
    """A pcap file of packets, in the order of their times."""
    with open(path, "wb") as file:
        file.write(pcap_header())
        for ns, frame in sorted(frames, key=lambda f: f[0]):
            file.write(pcap_record(ns, frame))
