#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A time-stamping authority on this machine: answers by `openssl ts`, and in every wrong way.

    tsa.py FOLDER PORTFILE      FOLDER has tsa.cnf; the port is written to PORTFILE when it is listening

The path says how it answers: /ok, /other (a second authority, tsa2.cnf), and those in answer().
"""
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import time

FOLDER = sys.argv[1]
LOCK = threading.Lock()
EARLIER = {}


def reply(query, config="tsa.cnf"):
    with LOCK, tempfile.NamedTemporaryFile(dir=FOLDER) as q:
        q.write(query)
        q.flush()
        return subprocess.run(["openssl", "ts", "-reply", "-config", config, "-queryfile", q.name], cwd=FOLDER,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


class Authority(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def send(self, body, status=200, media="application/timestamp-reply", headers=()):
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        query = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self.answer(self.path, query)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def answer(self, path, query):
        if self.headers.get("Content-Type") != "application/timestamp-query":
            self.send(b"", 415)
        elif path in ("/ok", "http://tsa.example/"):    # the latter when it is asked as a proxy
            self.send(reply(query))
        elif path == "/other":
            self.send(reply(query, "tsa2.cnf"))
        elif path == "/unknown":
            self.send(reply(query, "tsa3.cnf"))
        elif path == "/refuses":    # a policy that it does not have: openssl says no, and exits 0
            self.send(reply(query, "refuses.cnf"))
        elif path == "/replay":     # the answer to an earlier request over the same
            at = query.index(b"\x05\x00\x04\x20") + 4
            self.send(EARLIER.setdefault(query[at:at + 32], reply(query)))
        elif path == "/imprint":    # the same nonce, over something else
            at = query.index(b"\x05\x00\x04\x20") + 4
            self.send(reply(query[:at] + bytes([query[at] ^ 1]) + query[at + 1:]))
        elif path == "/trailing":
            self.send(reply(query) + b"\0")
        elif path == "/junk":
            self.send(b"\x30\x80junk" * 20)
        elif path == "/cut":
            self.send(reply(query)[:-20])
        elif path == "/empty":
            self.send(b"")
        elif path == "/huge":
            self.send(b"\x30" * (4 << 20))
        elif path == "/endless":    # no length is said
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Connection", "close")
            self.end_headers()
            while True:
                self.wfile.write(b"\x30" * 65536)
        elif path == "/slow":
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"\x30")
                time.sleep(0.25)
        elif path == "/html":
            self.send(b"<html>", media="text/html")
        elif path == "/error":
            self.send(b"", 503)
        elif path == "/elsewhere":
            self.send(b"", 307, headers=[("Location", "/ok")])
        else:
            self.send(b"", 404)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Authority)
server.daemon_threads = True
with open(sys.argv[2] + ".new", "w") as f:
    f.write(str(server.server_address[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
