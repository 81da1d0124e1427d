#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A command line on a terminal, each of whose questions is answered when it has been asked, and not before: what is typed ahead
# of a hidden question is dropped.  Prints what the command prints; exits as it does.
# Usage: answer_tty.py COMMAND-LINE ANSWER...
import os, pty, re, select, sys, time

WAIT = 120  # seconds: a machine that is busy
line, answers = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp('bash', ['bash', '-o', 'pipefail', '-c', line])
unasked, end = b'', time.monotonic() + WAIT
while time.monotonic() < end:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        got = os.read(terminal, 4096)
    except OSError:  # the other side is closed
        break
    if not got:
        break
    os.write(1, got)
    unasked += got
    if answers and re.search(rb'(: |\[y/N\] )$', unasked):
        time.sleep(0.1)  # it asks first and hides what is typed then, or the other way round
        os.write(terminal, answers.pop(0).encode() + b'\n')
        unasked = b''
else:
    sys.exit('answer_tty: it does not end')
status = os.waitpid(pid, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status) if not answers else 'answer_tty: it asked for less')
