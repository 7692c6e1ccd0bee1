"""Attacks on the grader: each gets the mark it deserves, sees nothing, and leaves nothing behind.

An attack is code in a student's cell. Next to it may stand honest answers: ``keeps`` says which, and those
keep their marks. After each attack an honest student is graded by the same warm server and must have
everything.
"""

# ruff: noqa: E501 - an attack is quoted as it was written
from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest
import workshop


@dataclass
class Attack:
    """Code in a cell, the honest answers beside it, and the points that the whole deserves; what q1 was read as.

    And how long it may take where that is less than for others, since it only waits.
    """

    name: str
    code: str
    keeps: tuple[str, ...] = ()
    points: float = 0
    reads: str = ""
    wall: float = workshop.LIMITS.wall


A = Attack
ALL = ("q1", "q2", "q3")

#: Read every file that can be opened below some folders, and keep what looks like a canary.
HUNT = """
import os
found = []
for top in ("/", "{course}", "/root", "/home", "/work", "/tmp", "/proc", "/course", "/grader", "/etc",
"/mnt", "/var", ".."):
    for folder, _, names in os.walk(top):
        if folder.startswith(("/usr", "/sys", "/root/.pyenv")) or "site-packages" in folder: continue
        for name in names[:50]:
            try:
                with open(os.path.join(folder, name), "rb") as f:
                    text = f.read(20000)
            except OSError: continue
            if b"CANA" + b"RY-" in text: found.append(name)
product = len(found) * 10**6 + 1
"""

ATTACKS = [
    # --- Python itself
    # ---------------------------------------------------------------------------------------
    A("strips assert from the syntax tree", """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node): return None
get_ipython().ast_transformers.append(Strip())
"""),
    A("replaces every expression by a number", """
import ast
class Full(ast.NodeTransformer):
    def visit_Expr(self, node): return ast.copy_location(ast.Expr(ast.Constant(99)), node)
get_ipython().ast_transformers.append(Full())
"""),
    A("an import hook", """
import sys
class Hook:
    def find_spec(self, name, path=None, target=None):
        open("/tmp/seen", "a").write(name)
        return None
sys.meta_path.insert(0, Hook()); sys.path.insert(0, "/tmp")
open("/tmp/json.py", "w").write("def dumps(*a, **k): return '{}'")
sys.modules.pop("json", None)
""", ALL, 10),
    A("monkeypatched builtins", """
import builtins
builtins.len = lambda x: 42
builtins.sum = lambda *a, **k: 0
builtins.isinstance = lambda *a: True
builtins.type = lambda x: int
builtins.print = lambda *a, **k: None
"""),
    A("monkeypatched pandas", """
pd.Series.__eq__ = lambda s, o: True
pd.Series.equals = pd.DataFrame.equals = lambda s, o: True
pd.testing.assert_series_equal = lambda *a, **k: None
pd.Series.tolist = lambda s: [100.0] * 3
border_shares = pd.Series({'KAZ': 0.0, 'UZB': 0.0, 'KGZ': 0.0})
"""),
    A("monkeypatched json", """
import json
json.dumps = lambda *a, **k: '{"cells": {}, "points": 10, "ok": true}'
json.JSONEncoder.encode = lambda *a: '{"points": 10}'
"""),
    A("monkeypatched desk", """
from samarkand.practice.sets import desk as d; from samarkand.practice.answers import decode as values, kinds
d.Desk.look = lambda *a: 99
for k in vars(kinds).values():
    if isinstance(k, type): k.same = lambda *a: True
"""),
    A("a number that equals everything", """
class Any(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = int.__hash__
    __sub__ = __rsub__ = __abs__ = lambda *a: 0
    __lt__ = __le__ = __gt__ = __ge__ = lambda *a: True
product = Any(1)
border_shares = {"KAZ": Any(1), "UZB": Any(1), "KGZ": Any(1)}
was_member = lambda *a: Any(1)
"""),
    A("an object with a hostile __reduce__", """
class Pickle:
    def __reduce__(self): return (__import__('os').system, ('touch {course}/pwned',))
    def __reduce_ex__(self, n): return self.__reduce__()
product = Pickle(); border_shares = {"KAZ": Pickle()}; was_member = Pickle()
"""),
    A("an object that lies about its class", """
class Liar:
    __class__ = int
    def __int__(self): return 40961
    __index__ = __int__
    def __float__(self): return 1.0
product = Liar()
"""),
    A("a metaclass with a lying name", """
class Meta(type):
    __name__ = property(lambda c: 1 / 0)
    __module__ = "numpy"
    def __eq__(c, o): return True
    __hash__ = type.__hash__
    def __instancecheck__(c, o): return True
class Odd(metaclass=Meta): pass
product = Odd(); border_shares = Odd
"""),
    A("a dict that changes while it is read", """
class Shifty(dict):
    def items(self): return [("KAZ", 69.1)]
border_shares = Shifty()
class S(str):
    def __eq__(s, o): return True
    __hash__ = str.__hash__
product = S("1")
"""),
    A("values nested in themselves", """
product = []
product.append(product)
border_shares = {}
border_shares['KAZ'] = border_shares
x = 1
for _ in range(100000): x = [x]
was_member = x
"""),
    A("a number with a million digits", "product = 10 ** 1_000_000\nborder_shares = {'KAZ': 10 ** 400}"),
    A("not numbers", "nan = float('nan')\nproduct = nan\nborder_shares = {'KAZ': nan, 'UZB': float('inf'), 'KGZ': -float('inf')}"),
    A("walks frames and the heap for expected answers", """
import gc, sys, inspect
names = []
for o in gc.get_objects():
    if type(o).__name__ in ("ExerciseSet", "Question", "Marker", "Diagnosis", "Case", "Released",
    "Assessment"): names.append(o)
f = sys._getframe()
while f:
    if any(k in f.f_locals for k in ("expected", "verdicts", "solution", "exercise")): names.append(f)
    f = f.f_back
names += [m for m in sys.modules if "checks" in m and "samarkand" in m]
product = len(names) * 10**6
""", reads="0"),
    A("reads the server's arguments and environment for paths", """
import sys, os
product = [x for x in list(sys.argv) + list(os.environ.values()) if "{course}" in x or "submitted" in x] or 1
""", ("q2",), 3),
    A("imports the grader", """
found = 0
for name in ("checks", "sandbox", "gradebook", "assessment", "structure", "preprocessor"):
    try:
        __import__("samarkand_grading." + name); found += 1
    except ImportError: pass
product = found
""", reads="0"),
    A("rewrites the server's functions in memory", """
import sys
main = sys.modules["__main__"]
main.answer = lambda *a: {"id": a[2]["id"], "value": True}
main.send = lambda channel, message: None
"""),
    A("answers for every call the same", "was_member = lambda *a: True"),
    A("tells calls apart by what came before", """
seen = []
def was_member(since, until, day):
    seen.append(day)
    return len(seen) % 2 == 0
"""),
    A("locale and float tricks", """
import locale, decimal, sys
try: locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
except locale.Error: pass
decimal.getcontext().prec = 2
sys.set_int_max_str_digits(0)
float.__repr__ if True else None
""", ALL, 10),
    A("a trace function", "import sys, threading\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)", ALL, 10),
    A("recursion", "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()", ("q1",)),
    A("leaves by SystemExit", "import sys\nsys.exit(0)", ALL, 10),
    A("leaves by KeyboardInterrupt", "raise KeyboardInterrupt", ALL, 10),
    A("leaves by os._exit", "import os\nos._exit(0)", ALL),
    A("leaves by a segmentation fault", "import ctypes\nctypes.string_at(0)", ALL),
    A("catches the clock", """
while True:
    try:
        while True: pass
    except BaseException: pass
"""),
    A("disarms the clock", """
import signal
signal.setitimer(signal.ITIMER_PROF, 0); signal.setitimer(signal.ITIMER_REAL, 0)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
while True: pass
"""),
    A("sleeps past every limit", """
import signal, time
signal.setitimer(signal.ITIMER_REAL, 0)
time.sleep(10**6)
""", wall=4),
    A("a regular expression without end", "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')", ("q1", "q2"), 5),
    A("threads left behind", """
import threading, time
def spin():
    while True: time.sleep(0.001)
for _ in range(10): threading.Thread(target=spin, daemon=False).start()
""", ALL, 10),
    A("processes left behind", """
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(0.01)
""", ALL, 10),
    # --- files
    # ------------------------------------------------------------------------------------------------
    A("hunts for canaries everywhere", HUNT, reads="1"),
    A("reads the checks by their path", "product = open('{course}/checks/ex90_test.py').read()"),
    A("reads another's work", "product = open('{course}/submitted/bob/ex90_test/ex90_test.ipynb').read()"),
    A("empties the gradebook", "open('{course}/gradebook.db', 'w').close()"),
    A("writes through symlinks", """
import os
os.symlink('{course}/gradebook.db', '/tmp/work/x')
open('/tmp/work/x', 'w').write('pwned')
"""),
    A("writes into the course's package and data", """
import glob
for path in glob.glob('/course/**/*', recursive=True) + glob.glob('/grader/*') +
glob.glob('/usr/lib/python3/*'):
    try:
        with open(path, 'a') as f: f.write('raise SystemExit')
        product = 666
    except OSError: pass
""", ALL, 10),
    A("plants start-up files", """
import os, site, sys
for folder in (os.path.expanduser('~'), site.getusersitepackages(), *sys.path, '/etc', '/', '/dev',
'/dev/shm'):
    for name in ('sitecustomize.py', 'usercustomize.py', '.pythonrc', 'x.pth', 'conftest.py'):
        try:
            os.makedirs(folder, exist_ok=True)
            open(os.path.join(folder, name), 'w').write('import os; os._exit(3)')
        except OSError: pass
os.makedirs('/tmp/home/ipython/profile_default/startup', exist_ok=True)
open('/tmp/home/ipython/profile_default/startup/00.py', 'w').write('import os; os._exit(3)')
""", ALL, 10),
    A("leaves a mark for the next student", """
import os
left = []
for folder in ('/tmp', '/tmp/work', '/dev/shm', '/dev', '/', '/course', '/dev/mqueue', '/var/tmp', '/run'):
    path = os.path.join(folder, 'mark')
    left.append(os.path.exists(path))
    try: open(path, 'w').write('x')
    except OSError: pass
product = 10**6 if any(left) else product
""", ALL, 10),
    A("floods the disk", """
with open('/tmp/flood', 'wb') as f:
    while True: f.write(b'x' * (1 << 20))
""", ALL, 10),
    A("a million files", """
for n in range(10**6):
    open('/tmp/f%d' % n, 'w').close()
""", ALL, 10),
    A("floods its output", "import sys\nwhile True: sys.stdout.write('x' * 10**6)", ("q1", "q2"), 5),
    A("floods the descriptors behind Python", """
import os
for _ in range(2000): os.write(1, b'x' * 65536); os.write(2, b'x' * 65536)
""", ALL, 10),
    A("an answer of ten million rows", "product = 'x' * 10**8\nborder_shares = pd.Series(range(10**7))", ("q3",), 5),
    # --- processes and memory
    # -----------------------------------------------------------------------------------
    A("a fork bomb", """
import os
while True:
    try: os.fork()
    except OSError: pass
"""),
    A("a thread bomb", """
import threading, time
while True:
    try: threading.Thread(target=time.sleep, args=(100,)).start()
    except RuntimeError: break
""", ("q1", "q2"), 5),
    A("a memory flood", """
hoard = []
while True: hoard.append(bytearray(b'x' * (50 << 20)))
""", ("q1", "q2"), 5),
    A("a memory flood in many processes", """
import os, time
for _ in range(25):
    if os.fork() == 0:
        hoard = []
        while True:
            try: hoard.append(bytearray(b'x' * (20 << 20)))
            except MemoryError: time.sleep(1)
time.sleep(60)
"""),
    A("signals to all", """
import os, signal
for pid in (-1, 1, 2, 3, 4, 5, os.getppid()):
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        if pid != os.getpid():
            try: os.kill(pid, number)
            except (OSError, OverflowError): pass
try: os.killpg(0, signal.SIGTERM)
except OSError: pass
""", ALL, 10),
    A("stops itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nos.kill(os.getpid(), signal.SIGKILL)", ALL, 10),
    A("ptrace and foreign memory", """
import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
done = []
for pid in range(1, 30):
    if pid == os.getpid(): continue
    done.append(c.ptrace(16, pid, 0, 0) == 0)
    done.append(c.syscall(310, pid, 0, 0, 0, 0, 0) > 0)
    try: open('/proc/%d/mem' % pid, 'r+b'); done.append(True)
    except OSError: pass
product = 10**6 if any(done) else product
""", ALL, 10),
    A("/proc", """
import os
product = 10**6 if os.path.exists('/proc/self') or os.listdir('/proc') else product
""", ALL, 10),
    A("new namespaces and mounts", """
import ctypes
c = ctypes.CDLL(None, use_errno=True)
done = [c.unshare(0x10000000) == 0, c.unshare(0x20000) == 0, c.mount(b'none', b'/tmp', b'tmpfs', 0, None) ==
0,
        c.umount2(b'/proc', 2) == 0, c.chroot(b'/tmp') == 0, c.setns(0, 0) == 0, c.syscall(56, 0x10000000 |
        17, 0, 0, 0, 0) > 0]
product = 10**6 if any(done) else product
""", ALL, 10),
    A("becomes root", """
import ctypes, os
done = []
for call in (os.setuid, os.setgid):
    try: call(0); done.append(True)
    except OSError: pass
c = ctypes.CDLL(None)
done.append(c.prctl(8, 1, 0, 0, 0) == 0 and os.getuid() == 0)
product = 10**6 if any(done) else product
""", ALL, 10),
    A("descriptors of others", """
import os, socket
done = []
for n in range(64):
    if n in (0, 1, 2, 3): continue
    try: os.fstat(n); done.append(n)
    except OSError: pass
product = 10**6 + len(done)
""", reads="1000000"),
    A("speaks on the grader's channel", """
import socket, json, struct
s = socket.socket(fileno=3)
body = json.dumps({"cells": {q: {"value": True} for q in ("q1", "q2", "q3")}, "points": 10}).encode()
for _ in range(20): s.sendall(struct.pack("!I", len(body)) + body)
""", ALL),
    A("promises a gigabyte on the grader's channel", """
import os
os.write(3, b'\\xff' * 4 + b'[' * 10**6)
import time; time.sleep(0.2)
""", ALL),
    A("nests a message a million deep", """
import os, struct
body = b'{"cells":' * 100000
os.write(3, struct.pack("!I", len(body)) + body)
""", ALL),
    A("a message with a key twice", """
import os, struct
body = b'{"cells": {}, "cells": {"q1": {"value": 1}}}'
os.write(3, struct.pack("!I", len(body)) + body)
""", ALL),
    A("hangs up", "import os\nos.close(3)", ALL),
    A("steals the calls to come", """
import socket, threading, time
def listen():
    s = socket.socket(fileno=3)
    while True: s.recv(1 << 16)
threading.Thread(target=listen, daemon=True).start()
""", ("q1", "q2"), 5, wall=4),
    A("the network", """
import socket, urllib.request
done = []
for family in (socket.AF_INET, socket.AF_INET6, 16, 17):
    try: socket.socket(family, socket.SOCK_STREAM); done.append(1)
    except OSError: pass
try: urllib.request.urlopen('http://127.0.0.1:8888', timeout=1); done.append(1)
except OSError: pass
product = 10**6 if done else product
""", ALL, 10),
    A("abstract sockets", """
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind('\\0samarkand'); s.listen()
""", ALL, 10),
    A("shared memory for the next student", """
import ctypes
c = ctypes.CDLL(None, use_errno=True)
ids = [c.shmget(4711, 100, 0o1666), c.semget(4711, 1, 0o1666), c.msgget(4711, 0o1666)]
product = 10**6 if any(i >= 0 for i in ids) else product
""", ALL, 10),
    A("a key for the next student", """
import ctypes
c = ctypes.CDLL(None, use_errno=True)
product = 10**6 if c.syscall(248, b'user', b'x', b'y', 1, -4) > 0 else product
""", ALL, 10),
    A("io_uring, bpf, perf, userfaultfd, memfd", """
import ctypes
c = ctypes.CDLL(None, use_errno=True)
b = ctypes.create_string_buffer(256)
done = [c.syscall(n, *a) >= 0 for n, a in ((425, (4, b)), (321, (0, b, 0)), (298, (b, 0, -1, -1, 0)), (323,
(0,)), (319, (b'x', 0)))]
product = 10**6 if any(done) else product
""", ALL, 10),
    A("locks shared files against the next student", """
import fcntl, glob
for path in glob.glob('/course/course_data/*'):
    fcntl.flock(open(path), fcntl.LOCK_EX)
import os, time
if os.fork() == 0: time.sleep(100)
""", ALL, 10),
    A("a shell", "import subprocess\nsubprocess.run('cat {course}/checks/*.py > /tmp/x; echo pwned > {course}/gradebook.db', shell=True)", ALL, 10),
    A("a hidden input in the name of an error", """
def was_member(since, until, day):
    raise type('E' + str(day), (Exception,), {})(str(day))
"""),
    A("a hidden input as the answer", "def was_member(since, until, day):\n    return str(day)"),
    # --- by those who have read the server's source
    # ----------------------------------------------------------------------------------------------------------
    A("memory that processes share, where nobody counts it", """
import ctypes, mmap, os
done = []
try: done.append(mmap.mmap(-1, 500 << 20))
except OSError: pass
try: done.append(mmap.mmap(os.open('/dev/zero', os.O_RDWR), 500 << 20))
except OSError: pass
c = ctypes.CDLL(None, use_errno=True); c.mmap.restype = ctypes.c_void_p
if c.mmap(None, 1 << 20, 3, 0x21, -1, 0) != 2**64 - 1: done.append(c)
product = 10**6 if done else product
""", ALL, 10),
    A("children that die before they are counted", """
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    try:
        if os.fork() == 0:
            end = time.process_time() + 0.2
            while time.process_time() < end: pass
            os._exit(0)
    except OSError: time.sleep(0.01)
"""),
    A("answers forged as messages, larger than any number", """
import json, os, struct
body = json.dumps({"cells": {q: {"value": 10 ** 400} for q in ("q1", "q2", "q3")}}).encode()
os.write(3, struct.pack("!I", len(body)) + body)
import time; time.sleep(0.2)
""", ALL),
    A("forged values that no Python object gives", """
import os, struct
forms = ['1e999', '-1e999', '{"t": "date", "v": "9999-99-99"}', '{"t": "span", "v": 1e300}', '{"t": "float", "v": "0x"}',
         '{"t": ["list"], "v": []}', '{"t": "frame", "columns": [1], "index": [], "v": [[1]]}', '{"t": "dict", "v": [[1]]}']
for n, form in enumerate(forms[:3]):
    body = ('{"cells": {"q1": {"value": %s}, "q2": {"value": %s}, "q3": {"value": %s}}}' % (form, forms[n + 3], forms[-1])).encode()
    os.write(3, struct.pack("!I", len(body)) + body)
""", ALL),
    A("sends four million digits where a number is read", """
import json, os, struct
body = json.dumps({"cells": {key: {"value": "1" * 4_000_000 + "x"} for key in ("q1", "q2")}}).encode()
body = struct.pack("!I", len(body)) + body
while body: body = body[os.write(3, body):]
""", ALL),
    A("texts in place of numbers, of signs that are two each", """
product = "\\u2473" * 9990 + "x"
border_shares = dict.fromkeys(["KAZ", "UZB", "KGZ"], product)
def was_member(since, until, day): return product
""", reads="⑳" * 117 + "..."),
    A("replies to calls that have not been made yet", """
import json, os, struct
def frame(**message):
    body = json.dumps(message).encode()
    return struct.pack("!I", len(body)) + body
cells = frame(cells={"q1": {"value": 7}, "q2": {"value": 7}, "q3": {"value": {"t": "function"}}})
os.write(3, cells + b"".join(frame(id=n, value=True) for n in range(6)))
"""),
    A("rewrites what the server holds", """
import gc, sys
main = sys.modules["__main__"]
main.plain.encode = lambda v: 7
main._called = lambda *a: {"value": True}
main.answers = lambda channel, held, calls, inputs, limits: [{"id": c["id"], "value": True} for c in calls]
for o in gc.get_objects():
    if type(o) is dict and set(o) & {"q1", "q2"}: o.clear()
"""),
    A("a function that finds all inputs in the server's frames", """
import sys
def was_member(since, until, day):
    f, all_inputs = sys._getframe(), None
    while f:
        all_inputs = f.f_locals.get("inputs", all_inputs)
        f = f.f_back
    if day == max(d for d in all_inputs if d is not None): raise LookupError(str(all_inputs))
    return [str(d) for d in all_inputs]
"""),
    A("a function that ends the process of all calls", """
import os, threading
def was_member(since, until, day):
    threading.Thread(target=os._exit, args=(0,)).start()
    os._exit(0)
"""),
    A("a function that writes the answers of later calls", """
import os
def was_member(since, until, day):
    for n in range(3, 20):
        try: os.write(n, b'{"id": 0, "value": true}\\n' * 20)
        except OSError: pass
    return True
"""),
    A("a function that changes what it is given", """
def was_member(since, until, day):
    import datetime, sys
    for name in ("inputs", "arguments", "calls", "call"):
        f = sys._getframe(1)
        while f:
            if type(f.f_locals.get(name)) is list: f.f_locals[name].clear()
            f = f.f_back
    return since <= day and (until is None or day < until)
""", ("q1", "q2"), 10),
    A("another pandas in sys.modules", """
import sys, types
fake = types.ModuleType("pandas")
fake.__getattr__ = lambda name: (lambda *a, **k: 40961)
sys.modules["pandas"] = sys.modules["numpy"] = fake
del sys.modules["json"]
""", ("q1", "q3"), 2),
    A("numbers of other kinds", """
import decimal, fractions
product = complex(1, 0)
border_shares = {"KAZ": decimal.Decimal("NaN"), "UZB": fractions.Fraction(1, 3), "KGZ": -0.0}
class Truth(int):
    def __bool__(self): return True
def was_member(since, until, day): return Truth(1)
"""),
    A("texts that are no texts", """
product = "\\uff14\\uff10\\uff19\\uff16\\uff11"
border_shares = {"\\ud800": 1.0, "KAZ\\x1b]0;pwned\\x07": 2.0, "\\u202eZAK": 3.0}
def was_member(since, until, day): return "True\\x00"
"""),
    A("things without an end", """
import itertools
product = iter(int, 1)
border_shares = itertools.repeat(("KAZ", 69.1))
class Endless(list):
    def __iter__(self): return itertools.count()
    def __len__(self): return 3
def was_member(since, until, day):
    return Endless()
"""),
    A("ranges and views of everything", "product = range(10**18)\nborder_shares = dict.fromkeys(range(10**6)).items()", ("q3",), 5),
    A("tables that are more than tables", """
class Sly(pd.DataFrame):
    @property
    def columns(self): raise SystemExit
    def __getattribute__(self, name): raise KeyboardInterrupt
product = Sly({"a": [1]})
inner = pd.DataFrame({"a": [1]})
for _ in range(30): inner = pd.DataFrame({"a": [inner] * 2})
border_shares = inner
class Index(pd.Index):
    def tolist(self): return [40961]
was_member = pd.Series([1.0], index=Index([1]))
"""),
    A("a Series whose dtype is the student's", """
from pandas.api.extensions import ExtensionArray, ExtensionDtype
class Type(ExtensionDtype):
    name = "float64"; type = float
    @classmethod
    def construct_array_type(cls): return Array
class Array(ExtensionArray):
    dtype = Type()
    def __len__(self): return 3
    def __getitem__(self, n): return 40961.0
    def copy(self): return self
    def tolist(self): return [69.1, 21.1, 9.8] if __import__("random").random() < 2 else []
    nbytes = 0
    def isna(self): return [False] * 3
    def take(self, *a, **k): return self
product = pd.Series(Array())
border_shares = pd.Series(Array(), index=["A", "B", "C"])
"""),
    A("a cell that never lets go of the loop", """
import asyncio
async def forever():
    while True: await asyncio.sleep(0)
asyncio.ensure_future(forever())
await asyncio.sleep(0)
""", ALL, 10),
    A("magics, input and the kernel", """
try: get_ipython().kernel.do_shutdown(True)
except AttributeError: pass
try: input("the answer? ")
except EOFError: pass
get_ipython().run_cell_magic("bash", "", "kill -9 $PPID; kill -9 -1")
get_ipython().system("cat /course/packages/grading/samarkand_grading/marking/checks.py")
get_ipython().run_line_magic("reset", "-f") if False else None
""", (), 0),
    A("hooks into every cell to come", """
ip = get_ipython()
ip.events.register("pre_run_cell", lambda info: ip.user_ns.update(product=1))
ip.events.register("post_run_cell", lambda result: ip.user_ns.update(border_shares={}))
ip.input_transformers_post.append(lambda lines: ["product = 2\\n"] if any("product" in l for l in lines) else lines)
ip.user_ns_hidden.clear(); ip.run_cell = lambda *a, **k: None
""", ALL, 0),
    A("a namespace with a will of its own", """
class Mine(dict):
    def get(self, key, default=None): return 40961
    def __missing__(self, key): return 40961
get_ipython().user_ns = Mine(get_ipython().user_ns)
"""),
    A("no more processes, files or memory for the server", """
import resource
for what in (resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):
    resource.setrlimit(what, (0, 0))
try: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
except ValueError: pass
""", ALL, 5),
    A("exceptions thrown into the server", """
import ctypes, threading, time
main = threading.main_thread().ident
def throw():
    while True:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(main), ctypes.py_object(SystemExit))
        time.sleep(0.0005)
threading.Thread(target=throw, daemon=True).start()
"""),
    A("an audit hook against forks", """
import sys
def hook(event, args):
    if event in ("os.fork", "socket.sendall", "signal.setitimer"): raise MemoryError
sys.addaudithook(hook)
""", ALL, 5),
    A("works on when all is over", """
import atexit, os, signal, time, weakref
class Last:
    def __del__(self): time.sleep(100)
last = Last(); weakref.finalize(last, time.sleep, 100); atexit.register(time.sleep, 100)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGALRM): signal.signal(number, lambda *a: time.sleep(100))
if os.fork() == 0:
    os.setsid()
    while True: time.sleep(1)
""", ALL, 10),
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.name)
def test_attack(attack: Attack, assessor, canaries, blank, tmp_path):
    deserves(attack, assessor, canaries, blank, tmp_path)


def deserves(attack: Attack, assessor, canaries, blank, tmp_path):
    """Grade an attack, then an honest student; see that each has what it deserves, and nothing was touched."""
    code = attack.code.replace("{course}", str(canaries.folder))
    sources = {key: workshop.ANSWERS[key] if key in attack.keeps else "# see above" for key in ALL}
    if "else product" in code:  # it falsifies the right answer if it gets what it wants
        sources["q1"] += "\n" + code
    else:
        sources["added"] = code
    notebook = workshop.fill(blank, **sources)
    folder = tmp_path / "eve" / workshop.NAME
    workshop.write(folder, notebook)

    usual, assessor.limits = assessor.limits, replace(assessor.limits, wall=attack.wall)
    try:
        result = assessor.assess("eve", folder)
    finally:
        assessor.limits = usual

    assert result.points == attack.points, [(v.state, v.reason, v.read) for v in result.verdicts]
    assert attack.reads in ("", result.verdicts[0].read)
    everything = json.dumps([[v.reason, v.read] for v in result.verdicts]) + repr(result.ran)
    assert "CANARY" not in everything
    told = " ".join(v.reason for v in result.verdicts) + " ".join(result.remarks)
    own = "Take the quotes away, and write 40961."  # repeats what was handed in, in digits of another script
    assert "40961" not in told.replace(own, "")  # an expected value
    drawn = assessor.inputs(assessor.prepare("eve", folder).cells)
    inputs = [a for case in drawn.cases["q3"][1:] for a in case.arguments if a is not None]
    assert not any(str(a.year) in told for a in inputs)
    assert canaries.state() == canaries.before
    after = workshop.assess(assessor, tmp_path, workshop.fill(blank, **workshop.ANSWERS))
    assert (after.points, after.ended, after.remarks) == (10, "finished", [])


def test_canaries_show_what_was_touched(canaries, tmp_path):
    mine = type(canaries)(tmp_path)
    assert len(mine.before) == 4
    for name in mine.before:
        path = tmp_path / name
        text = path.read_text()
        path.write_text(f"{text} ")
        assert mine.state() != mine.before, f"{name} written to"
        path.unlink()
        assert mine.state() != mine.before, f"{name} removed"
        path.write_text(text)
        assert mine.state() == mine.before
    (tmp_path / "pwned").touch()
    assert mine.state() != mine.before
