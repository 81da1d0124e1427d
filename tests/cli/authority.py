#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time-stamping authorities for tests, on loopback: `openssl ts -reply` behind HTTP.

    authority.py FOLDER PORTFILE        each POST to /NAME is answered by the authority that FOLDER/NAME.cnf configures
    authority.py --make FOLDER NAME SECONDS [ROOT]   makes FOLDER/NAME.{key,pem,cnf}: a certificate that ends in so many seconds, under the
                                                     root FOLDER/ROOT.pem (else NAME-root), which is made when it is not there
"""
import http.server
import os
import subprocess
import sys
import time

POLICY = "1.2.3.4.1"
TSA = """[ tsa ]
default_tsa = one
[ one ]
serial = {d}/{n}.serial
signer_cert = {d}/{n}.pem
certs = {d}/{r}.pem
signer_key = {d}/{n}.key
signer_digest = sha256
default_policy = {p}
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""
CA = """[ ca ]
default_ca = one
[ one ]
database = {d}/{r}.index
new_certs_dir = {d}
certificate = {d}/{r}.pem
private_key = {d}/{r}.key
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[ any ]
commonName = supplied
[ tsa ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(*args, stdin=b""):
    return subprocess.run(["openssl", *args], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True).stdout


def make(folder, name, seconds, root=None):
    root, paths = root or name + "-root", {}
    for n in (name, root):
        paths[n] = os.path.join(folder, n)
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    if not os.path.exists(paths[root] + ".pem"):
        openssl("req", "-x509", *new_key, "-keyout", paths[root] + ".key", "-out", paths[root] + ".pem", "-days", "9000", "-subj", "/CN=" + root,
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    for end, text in (("cnf", TSA), ("ca", CA)):
        with open(paths[name] + "." + end, "w", encoding="ascii") as f:
            f.write(text.format(d=folder, n=name, r=root, p=POLICY))
    with open(paths[root] + ".index", "a", encoding="ascii"):
        pass
    with open(paths[name] + ".serial", "w", encoding="ascii") as f:
        f.write("01\n")
    openssl("req", "-new", *new_key, "-keyout", paths[name] + ".key", "-out", paths[name] + ".csr", "-subj", "/CN=" + name)
    day = lambda t: time.strftime("%Y%m%d%H%M%SZ", time.gmtime(t))
    now = time.time()
    openssl("ca", "-batch", "-config", paths[name] + ".ca", "-extensions", "tsa", "-notext", "-in", paths[name] + ".csr", "-out", paths[name] + ".pem",
            "-startdate", day(now - 3600), "-enddate", day(now + seconds))


class Authority(http.server.BaseHTTPRequestHandler):
    folder = "."

    def do_POST(self):
        name = os.path.basename(self.path)
        query = os.path.join(self.folder, "query.%d" % os.getpid())
        with open(query, "wb") as f:
            f.write(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            answer = openssl("ts", "-reply", "-config", os.path.join(self.folder, name + ".cnf"), "-queryfile", query)
            self.send_response(200)
        except subprocess.CalledProcessError as e:
            answer = e.stderr
            self.send_response(500)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def main():
    if sys.argv[1] == "--make":
        return make(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5] if len(sys.argv) > 5 else None)
    Authority.folder = sys.argv[1]
    server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
    with open(sys.argv[2] + ".new", "w", encoding="ascii") as f:
        f.write(str(server.server_address[1]))
    os.rename(sys.argv[2] + ".new", sys.argv[2])
    return server.serve_forever()


if __name__ == "__main__":
    main()
