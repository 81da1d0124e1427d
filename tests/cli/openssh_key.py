#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write an Ed25519 key file of PKCS#8 as OpenSSH keeps it, so that an agent takes it.  Usage: openssh_key.py FILE COMMENT"""
import base64
import struct
import subprocess
import sys


def string(b):
    return struct.pack(">I", len(b)) + b


def main(path, comment):
    der = subprocess.run(["openssl", "pkey", "-in", path, "-outform", "DER"], check=True, stdout=subprocess.PIPE).stdout
    public = subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"], check=True, stdout=subprocess.PIPE).stdout[-32:]
    blob = string(b"ssh-ed25519") + string(public)
    private = struct.pack(">II", 7, 7) + blob + string(der[-32:] + public) + string(comment.encode())
    private += bytes(range(1, 1 + -len(private) % 8))
    whole = b"openssh-key-v1\0" + string(b"none") + string(b"none") + string(b"") + struct.pack(">I", 1) + string(blob) + string(private)
    text = base64.b64encode(whole).decode()
    print("-----BEGIN OPENSSH PRIVATE KEY-----")
    for at in range(0, len(text), 70):
        print(text[at:at + 70])
    print("-----END OPENSSH PRIVATE KEY-----")


main(sys.argv[1], sys.argv[2])
