#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A passphrase is asked for on a terminal, and a signal comes: the signal does what it does, and the terminal shows again what is typed.
# Stopped and gone on with, the question is asked again.  A wrong passphrase is asked for again, three times in all.
# Usage: passphrase_tty.py AKASHI FOLDER
import fcntl, os, pty, select, signal, sys, termios, time

akashi, folder = os.path.realpath(sys.argv[1]), sys.argv[2]
WAIT = 60  # seconds: a machine that is busy


def until(what, *condition):
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if all(c() for c in condition):
            return
        time.sleep(0.02)
    sys.exit(f'passphrase_tty: {what}')


class Terminal:
    def __init__(self):
        self.master, self.slave = pty.openpty()
        self.seen = b''
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def shows(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def says(self, text):
        while select.select([self.master], [], [], 0)[0]:
            self.seen += os.read(self.master, 4096)
        return text in self.seen

    def start(self, name, ignored=(), args=None):
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            os.tcsetpgrp(self.slave, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            for s in ignored:
                signal.signal(s, signal.SIG_IGN)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.execv(akashi, [akashi, *(args or ('keygen', '--encrypt', '-o', os.path.join(folder, name)))])
        self.seen = b''
        return pid

    def asks(self):
        until('it does not ask', lambda: self.says(b': '), lambda: not self.shows())
        self.seen = b''

    def type(self, text):
        os.write(self.master, text)


def ended(pid):
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        got, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if got == pid:
            return status
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    sys.exit('passphrase_tty: a signal does not end it')


def test():
    t = Terminal()
    for name, send, number in (
        ('interrupt', lambda pid: t.type(b'half a pass\x03'), signal.SIGINT),
        ('quit', lambda pid: t.type(b'\x1c'), signal.SIGQUIT),
        ('terminate', lambda pid: os.kill(pid, signal.SIGTERM), signal.SIGTERM),
        ('hangup', lambda pid: os.kill(pid, signal.SIGHUP), signal.SIGHUP),
    ):
        pid = t.start(name)
        t.asks()
        send(pid)
        status = ended(pid)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != number:
            sys.exit(f'passphrase_tty: {name}: status {status:#x}')
        if not t.shows():
            sys.exit(f'passphrase_tty: {name}: the terminal shows nothing any more')
        if os.path.exists(os.path.join(folder, name)):
            sys.exit(f'passphrase_tty: {name}: a key was written')

    pid = t.start('stop', ignored=(signal.SIGHUP,))
    t.asks()
    os.kill(pid, signal.SIGHUP)  # as under nohup
    t.type(b'half a pass\x1a')
    if not os.WIFSTOPPED(ended(pid)):
        sys.exit('passphrase_tty: it is not stopped')
    if not t.shows():
        sys.exit('passphrase_tty: stopped, the terminal shows nothing')
    os.kill(pid, signal.SIGCONT)
    t.asks()
    t.type(b'a long passphrase\n')
    t.asks()
    t.type(b'a long passphrase\n')
    if ended(pid) != 0:
        sys.exit('passphrase_tty: stopped and gone on with, no key is made')
    if not t.shows():
        sys.exit('passphrase_tty: done, the terminal shows nothing')
    with open(os.path.join(folder, 'stop')) as f:
        if 'ENCRYPTED' not in f.read():
            sys.exit('passphrase_tty: the key is not encrypted')

    key = os.path.join(folder, 'stop')
    for what, args in (('read', ('witness', 'key', '--key', key, '--name', 'w.example/w')), ('import', ('keygen', '--import', key))):
        for typed, want in (((b'wrong one', b'a long passphrase'), 0), ((b'wrong one', b'wrong two', b'wrong three'), 2)):
            pid = t.start('', args=args)
            for one in typed:
                t.asks()
                t.type(one + b'\n')
            status = ended(pid)
            if not os.WIFEXITED(status) or os.WEXITSTATUS(status) != want:
                sys.exit(f'passphrase_tty: {what}: typed {typed}: status {status:#x}, want exit {want}')
            if not t.shows():
                sys.exit(f'passphrase_tty: {what}: the terminal shows nothing any more')


child = os.fork()  # whoever leads a session can lose its terminal
if child == 0:
    test()
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
