"""Attacks on the grader: each gets the mark it deserves or runs into a limit, and leaves nothing behind.

An attack is code in a student's cell. The honest answers beside it, ``keeps``, keep their marks. After each
attack an honest student is graded in the same sandbox and must get all points.
"""

# ruff: noqa: E501 - an attack is quoted as it was written
import copy
from dataclasses import dataclass, replace

import pytest
import workshop


@dataclass
class Attack:
    """Code in a cell, the ids of honest answers beside it, the points deserved, and the value read for q1.

    `wall` is the limit in seconds, shorter for attacks that only wait.
    """

    name: str
    code: str
    keeps: tuple[str, ...] = ()
    points: float = 0
    reads: str = ""
    wall: float = workshop.LIMITS.wall


A = Attack
ALL = ("q1", "q2", "q3")

#: An attack that reads every file below some folders, and counts those with the text of a canary.
HUNT = """
import os
found = []
for top in ("/", "{course}", "/root", "/home", "/tmp", "/proc", "/course", "/grader", "/etc", "/mnt", "/var", ".."):
    for folder, _, names in os.walk(top):
        if folder.startswith(("/usr", "/sys", "/root/.pyenv", "/opt/course", "/proc")) or "site-packages" in folder: continue
        for path in [os.path.join(folder, name) for name in names[:50]]:
            try: text = open(path, "rb").read(20000) if os.path.isfile(path) else b""  # a terminal would wait
            except OSError: continue
            if b"CANA" + b"RY-" in text: found.append(path)
product = len(found) * 10**6 + 1
"""
#: The frame of an attack that tries calls: those that succeed are in ``done`` and make q1 wrong.
TRY = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
def attempt(name, call, *arguments):
    try:
        if call(*arguments) != -1: done.append(name)
    except (OSError, PermissionError): pass
"""
TOLD = "\nproduct = 10**6 if done else product\n"


def tries(name: str, code: str) -> Attack:
    return A(name, f"{TRY}{code}{TOLD}", ALL, 10)


ATTACKS = [
    # --- Python itself
    A("rewrites the syntax tree", """
import ast
class Full(ast.NodeTransformer):
    def visit_Assert(self, node): return None
    def visit_Expr(self, node): return ast.copy_location(ast.Expr(ast.Constant(99)), node)
get_ipython().ast_transformers.append(Full())
"""),
    A("monkeypatches builtins, pandas, json and the course", """
import builtins, json
from samarkand.practice.sets import desk; from samarkand.practice.answers import kinds
builtins.len = lambda x: 42
builtins.isinstance = lambda *a: True
pd.Series.__eq__ = pd.Series.equals = lambda s, o: True
pd.Series.tolist = lambda s: [100.0] * 3
border_shares = pd.Series({'KAZ': 0.0, 'UZB': 0.0, 'KGZ': 0.0})
desk.Desk.look = lambda *a: 99
for k in vars(kinds).values():
    if isinstance(k, type): k.same = lambda *a: True
json.dumps = lambda *a, **k: '{"cells": {}, "points": 10, "ok": true}'
"""),
    A("a number that equals everything, objects with a hostile __reduce__", """
class Any(int):
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda *a: True
    __ne__ = lambda *a: False
    __hash__ = int.__hash__
    __sub__ = __rsub__ = __abs__ = lambda *a: 0
    def __reduce__(self): return (__import__('os').system, ('touch {course}/pwned',))
    def __reduce_ex__(self, n): return self.__reduce__()
product, border_shares, was_member = Any(1), {"KAZ": Any(1), "UZB": Any(1), "KGZ": object()}, lambda *a: Any(1)
"""),
    A("objects that lie about their class", """
class Meta(type):
    __name__ = property(lambda c: 1 / 0)
    __module__ = "numpy"
    def __instancecheck__(c, o): return True
class Odd(metaclass=Meta): pass
class Liar:
    __class__ = int
    def __int__(self): return 40961
    __index__ = __int__
product = Liar(); border_shares = Odd
class Sly(pd.DataFrame):
    @property
    def columns(self): raise SystemExit
    def __getattribute__(self, name): raise KeyboardInterrupt
was_member = Sly({"a": [1]})
"""),
    A("values without an end", """
import itertools
product = []
product.append(product)
border_shares = itertools.repeat(("KAZ", 69.1))
x = 1
for _ in range(100000): x = [x]
class Endless(list):
    def __iter__(self): return itertools.count()
    def __len__(self): return 3
def was_member(since, until, day): return Endless() if until else x
"""),
    A("numbers that are none", """
product = 10 ** 1_000_000
border_shares = {'KAZ': float('nan'), 'UZB': 10 ** 400, 'KGZ': -float('inf')}
def was_member(since, until, day): return "True\\x00"
"""),
    A("texts in place of numbers, of signs that are two each", """
product = "\\u2473" * 9990 + "x"
border_shares = dict.fromkeys(["KAZ", "UZB", "KGZ"], "KAZ\\x1b]0;pwned\\x07")
""", reads="⑳" * 117 + "..."),
    A("an answer of ten million rows", "product = 'x' * 10**8\nborder_shares = pd.Series(range(10**7))", ("q3",), 5),
    A("looks for right answers, the grader and its paths in modules, frames, the heap and the environment", """
import gc, os, sys
names = []
for o in gc.get_objects():
    if type(o).__name__ in ("ExerciseSet", "Question", "Marker", "Diagnosis", "Case", "Released", "Assessment"): names.append(o)
f = sys._getframe()
while f:
    if any(k in f.f_locals for k in ("expected", "verdicts", "solution", "exercise")): names.append(f)
    f = f.f_back
names += [m for m in sys.modules if "checks" in m and "samarkand" in m]
for name in ("", ".cli", ".marking.checks", ".sandbox.box", ".sandbox.server", ".classroom.gradebook"):
    try: names.append(__import__("samarkand_grading" + name))
    except ImportError: pass
names += [x for x in list(sys.argv) + list(os.environ.values()) if "{course}" in x or "submitted" in x]
product = len(names)
""", reads="0"),
    A("rewrites what runs it", """
import gc, sys
runner = sys.modules["runner"]
runner.encode_value = lambda *a: True
runner.in_a_fork = lambda *a: None
runner.send = lambda out, message: out.write(b'{"called": 0, "value": true}\\n')
runner.encode.encode = lambda v: 7
for o in gc.get_objects():
    if type(o) is dict and set(o) & {"q1", "q2"}: o.clear()
"""),
    A("hooks into every cell to come", """
ip = get_ipython()
ip.events.register("pre_run_cell", lambda info: ip.user_ns.update(product=1))
ip.events.register("post_run_cell", lambda result: ip.user_ns.update(border_shares={}))
ip.input_transformers_post.append(lambda lines: ["product = 2\\n"] if any("product" in l for l in lines) else lines)
ip.user_ns_hidden.clear(); ip.run_cell = lambda *a, **k: None
""", ALL, 0),
    A("a function that finds all inputs in the frames around it", """
import sys
def was_member(since, until, day):
    f, all_inputs = sys._getframe(), None
    while f:
        all_inputs = f.f_locals.get("inputs", all_inputs)
        f = f.f_back
    if day == max(d["value"] for d in all_inputs if d.get("value") is not None): raise LookupError(str(all_inputs))
    return [str(d) for d in all_inputs]
"""),
    A("a hidden input in the name of an error", "def was_member(since, until, day):\n    raise type('E' + str(day), (Exception,), {})(str(day))"),
    A("a function that writes the answers of later calls", """
import os
def was_member(since, until, day):
    for n in range(3, 20):
        try: os.write(n, b'{"called": 0, "value": true}\\n' * 20)
        except OSError: pass
    return True
"""),
    A("magics, input and the kernel", """
try: input("the answer? ")
except EOFError: pass
get_ipython().run_cell_magic("bash", "", "kill -9 $PPID; kill -9 -1")
"""),
    # --- its end
    A("leaves by SystemExit", "import sys\nsys.exit(0)", ALL, 10),
    A("leaves by a segmentation fault", "import ctypes\nctypes.string_at(0)", ALL),
    A("recursion", "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()", ("q1",), 2),
    A("catches the clock and disarms it", """
import signal
while True:
    try:
        signal.setitimer(signal.ITIMER_PROF, 0); signal.setitimer(signal.ITIMER_REAL, 0)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
        while True: pass
    except BaseException: pass
"""),
    A("sleeps past every limit", "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0)\ntime.sleep(10**6)", wall=4),
    A("exceptions thrown into the runner", """
import ctypes, threading, time
main = threading.main_thread().ident
def throw():
    while True:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(main), ctypes.py_object(SystemExit))
        time.sleep(0.0005)
threading.Thread(target=throw, daemon=True).start()
"""),
    A("works on when all is over", """
import atexit, os, signal, time, weakref
class Last:
    def __del__(self): time.sleep(100)
last = Last(); weakref.finalize(last, time.sleep, 100); atexit.register(time.sleep, 100)
for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, lambda *a: time.sleep(100))
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(1)
""", ALL, 10),
    # --- files
    A("hunts for canaries everywhere", HUNT, reads="1"),
    A("reads and writes the course by its paths", """
import os
for path in ('{course}/checks/ex90_test.py', '{course}/submitted/bob/ex90_test/ex90_test.ipynb', '{course}/gradebook.db'):
    os.symlink(path, os.path.basename(path))
    for name in (path, os.path.basename(path)):
        try: product = open(name).read()
        except OSError: pass
        try: open(name, 'w').write('pwned')
        except OSError: pass
os.system('cat {course}/checks/*.py > /tmp/x; echo pwned > {course}/gradebook.db')
"""),
    A("writes into package, data and start-up files", """
import glob, os, site, sys
for path in glob.glob('/course/**/*', recursive=True) + glob.glob('/grader/*'):
    try:
        with open(path, 'a') as f: f.write('raise SystemExit')
        product = 666
    except OSError: pass
for folder in (os.path.expanduser('~'), site.getusersitepackages(), *sys.path, '/etc', '/', '/dev', '/dev/shm', '/tmp'):
    for name in ('sitecustomize.py', 'usercustomize.py', 'json.py', 'x.pth'):
        try:
            os.makedirs(folder, exist_ok=True)
            open(os.path.join(folder, name), 'w').write('import os; os._exit(3)')
        except OSError: pass
""", ALL, 10),
    A("leaves a mark for the next student", """
import ctypes, os
left = [ctypes.CDLL(None).shmget(4711, 100, 0) >= 0]
ctypes.CDLL(None).shmget(4711, 100, 0o1666)
for folder in ('/tmp', '/tmp/work', '/dev/shm', '/dev', '/', '/course', '/dev/mqueue', '/var/tmp', '/run'):
    path = os.path.join(folder, 'mark')
    left.append(os.path.exists(path))
    try: open(path, 'w').write('x'); os.makedirs(path + 's/a/b'); os.chmod(path + 's/a', 0)
    except OSError: pass
product = 10**6 if any(left) else product
""", ALL, 10),
    A("floods the disk", "with open('/tmp/flood', 'wb') as f:\n    while True: f.write(b'x' * (1 << 20))", ALL, 10),
    A("a million files", "for n in range(10**6):\n    open('/tmp/f%d' % n, 'w').close()", ALL, 10),
    A("floods its output", "import sys\nwhile True: sys.stdout.write('x' * 10**6)", ("q1", "q2"), 5),
    A("locks shared files against the next student", """
import fcntl, glob, os, time
for path in glob.glob('/course/course_data/*.csv'):
    fcntl.flock(open(path), fcntl.LOCK_EX)
    break
if os.fork() == 0: time.sleep(100)
""", ALL, 10),
    # --- processes, memory, the kernel
    A("a fork bomb", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", wall=2),
    A("a thread bomb", """
import threading, time
while True:
    try: threading.Thread(target=time.sleep, args=(100,)).start()
    except RuntimeError: break
""", ("q1", "q2"), 5),
    A("a memory flood", "hoard = []\nwhile True: hoard.append(bytearray(b'x' * (50 << 20)))", ("q1", "q2"), 5),
    A("a memory flood in many processes", """
import os, time
for _ in range(25):
    if os.fork() == 0:
        hoard = []
        while True:
            try: hoard.append(bytearray(b'x' * (20 << 20)))
            except MemoryError: time.sleep(1)
time.sleep(60)
""", wall=5),
    A("children that die before they are counted", """
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
signal.setitimer(signal.ITIMER_REAL, 0); signal.setitimer(signal.ITIMER_PROF, 0)
while True:
    try:
        if os.fork() == 0:
            end = time.process_time() + 0.2
            while time.process_time() < end: pass
            os._exit(0)
    except OSError: time.sleep(0.01)
""", wall=4),
    A("signals to all", """
import os, signal
for pid in (-1, 1, 2, 3, 4, 5, os.getppid()):
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP, signal.SIGINT, signal.SIGCHLD):
        if pid != os.getpid():
            try: os.kill(pid, number)
            except (OSError, OverflowError): pass
""", ALL, 10),
    tries("memory and descriptors of others", """
for pid in range(1, 30):
    if pid == os.getpid(): continue
    attempt('ptrace', libc.ptrace, 16, pid, 0, 0)
    if libc.syscall(310, pid, 0, 0, 0, 0, 0) > 0: done.append('vm')
    for name in ('mem', 'environ', 'fd/0', 'fd/1', 'fd/2'):
        attempt(name, lambda: os.open(f'/proc/{pid}/{name}', os.O_RDWR))
        attempt(name, lambda: os.open(f'/proc/{pid}/{name}', os.O_RDONLY))
for n in range(5, 64):
    attempt(n, lambda: os.fstat(n) and 0)
"""),
    A("limits of the server", """
import os, resource, threading
for what in range(16):
    for pid in (1, 0):
        try: resource.prlimit(pid, what, (0, 0))
        except (OSError, ValueError): pass
try: os.setpriority(os.PRIO_USER, 0, 19)
except OSError: pass
try: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))
except OSError: pass
"""),
    tries("namespaces, mounts and root", """
attempt('mount', libc.mount, b'none', b'/tmp', b'tmpfs', 0, None)
attempt('umount', libc.umount2, b'/proc', 2)
attempt('chroot', libc.chroot, b'/tmp')
attempt('setns', libc.setns, 0, 0)
for call in (os.setuid, os.setgid): attempt('root', lambda: call(0) or 0)
if os.getuid() == 0: done.append('is root')
"""),
    tries("calls into the kernel that reach further", """
b = ctypes.create_string_buffer(256)
for n, a in ((425, (4, b)), (321, (0, b, 0)), (298, (b, 0, -1, -1, 0)), (323, (0,)), (169, (0,)), (175, (b, 0, b))): attempt(n, libc.syscall, n, *a)
"""),
    tries("the network", """
import socket, urllib.request
for address in (('127.0.0.1', 8888), ('192.0.2.1', 80), ('169.254.169.254', 80)):
    attempt(address, lambda: socket.create_connection(address, timeout=0.3) and 0)
attempt('lookup', lambda: socket.getaddrinfo('example.org', 80) and 0)
a = socket.socket(socket.AF_UNIX); a.bind('\\0samarkand'); a.listen()
"""),
    A("no more processes or files for itself", """
import resource
for what in (resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE): resource.setrlimit(what, (0, 0))
""", ALL, 5),
    # --- the grader's channel
    A("answers forged as lines, the last one half there", """
import json, os
for value in ('true', '1e999', '7', '{"t": "date", "v": "9999-99-99"}', '{"t": "span", "v": 1e300}', '{"t": ["list"], "v": []}', '{"t": "frame", "columns": [1], "index": [], "v": [[1]]}'):
    for q in ('q1', 'q2', 'q3'): os.write(3, ('{"held": "%s", "value": %s}\\n' % (q, value)).encode())
for line in ('{"called": -1, "value": true}', '{"called": 1e9}', '{"held": [], "ran": {}}', '{"points": 10, "points": 10}', '{"cells":' * 100_000, '\\xff\\x00', '"' + '0' * 64 + '"'):
    os.write(3, line.encode('latin-1') + b'\\n')
os.write(3, json.dumps({"held": "q1", "value": 10 ** 400}).encode() + b'\\n')
os.write(3, b'{"held": "q1", "value": 7}\\n{"held": "q3", "value": {"t": "function"}}\\n{"ask": true}\\n{"called": 0, "value": true}\\n{"half')
os._exit(0)
""", ALL),
    A("a line without an end", "import os\nwhile True: os.write(3, b'[' * 4096)", ALL),
    A("very many lines", "import os\nwhile True: os.write(3, b'{}\\n')", ALL),
    A("hangs up", "import os\nos.closerange(0, 64)\nimport time; time.sleep(100)", ALL, wall=4),
    A("starts itself again", """
import os
own = b'{"wall": 600, "cpu": 600, "memory": 9e9, "file": 9, "descriptors": 64, "processes": 9, "output": 9, "length": 9}\\n'
for path in ('/proc/self/fd/0', '/dev/stdin', '/proc/1/fd/0', '/proc/1/fd/1'):
    try: os.write(os.open(path, os.O_WRONLY), own * 50)
    except OSError: pass
os._exit(0)
""", ALL),
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack(attack: Attack, either, canaries, blank, tmp_path):
    """Grade an attack, then an honest student; check both marks, and that no canary was read or changed."""
    code = attack.code.replace("{course}", str(canaries.folder))
    sources = {key: workshop.ANSWERS[key] if key in attack.keeps else "# see above" for key in ALL}
    if "else product" in code:  # it falsifies the right answer if it gets what it wants
        sources["q1"] += "\n" + code
    else:
        sources["added"] = code
    assessor = copy.copy(either)
    assessor.limits = replace(either.limits, wall=attack.wall)
    if attack.reads:  # it must come to its end, also on a busy machine
        assessor.limits = replace(assessor.limits, cpu=40, cell_cpu=20)
    result = workshop.assess(assessor, tmp_path, workshop.fill(blank, **sources), "eve")
    assert result.points == attack.points, [(v.state, v.reason, v.read) for v in result.verdicts]
    assert attack.reads in ("", result.verdicts[0].read)
    told = " ".join(v.reason for v in result.verdicts) + " ".join(result.remarks)
    assert "CANARY" not in told + repr(result.ran) + "".join(v.read for v in result.verdicts)
    assert "40961" not in told  # an expected value
    drawn = assessor.inputs(assessor.prepare("eve", tmp_path / "eve" / workshop.NAME).cells)
    inputs = [a for case in drawn.cases["q3"][1:] for a in case.arguments if a is not None]
    assert not any(str(a.year) in told for a in inputs)
    assert canaries.state() == canaries.before
    after = workshop.assess(either, tmp_path, workshop.fill(blank, **workshop.ANSWERS))
    assert (after.points, after.ended, after.remarks) == (10, "finished", [])
