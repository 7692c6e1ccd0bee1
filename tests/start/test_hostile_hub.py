"""Students who are out to harm it, and a hub that runs: what it gives to nobody, and what it holds out."""

import contextlib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from test_hub import place, printed  # noqa: F401 - a fixture

PORT = 9500
#: What a student asks the hub for, by her browser and by the token of her server: to be somebody else, what
#: others have, what belongs to whoever runs it. Of each: method, address below the hub's API, what is sent.
FOR_NOBODY = {
    "to be who runs the hub": ("PATCH", "users/eve", {"admin": True}),
    "another's name": ("PATCH", "users/eve", {"name": "root"}),
    "a new user": ("POST", "users/mal", {}),
    "several new users": ("POST", "users", {"usernames": ["mal"], "admin": True}),
    "an end of her neighbour": ("DELETE", "users/bob", None),
    "an end of her neighbour's server": ("DELETE", "users/bob/server", None),
    "a start of her neighbour's server": ("POST", "users/bob/server", {}),
    "her neighbour's tokens": ("GET", "users/bob/tokens", None),
    "a token of her neighbour's": ("POST", "users/bob/tokens", {}),
    "her neighbour": ("GET", "users/bob", None),
    "all users": ("GET", "users", None),
    "her neighbour's activity": ("POST", "users/bob/activity", {"last_activity": "2022-09-15"}),
    "a second server": ("POST", "users/eve/servers/second", {}),
    "a share of her neighbour's server": ("POST", "shares/bob/", {"user": "eve"}),
    "a code for her neighbour's server": ("POST", "share-codes/bob/", {}),
    "a group": ("POST", "groups/friends", {}),
    "the services": ("GET", "services", None),
    "the routes": ("GET", "proxy", None),
    "other routes": ("PATCH", "proxy", {"api_url": "http://127.0.0.1:1", "auth_token": "x"}),
    "an end of the hub": ("POST", "shutdown", {}),
}  # fmt: skip
#: Student's code: ask the hub with the token of her server; prints the status of each answer.
ASK = """import http.client, json, os, socket, urllib.parse
base = urllib.parse.urlsplit(os.environ["JUPYTERHUB_API_URL"])
token = os.environ["JUPYTERHUB_API_TOKEN"]
found = {{}}
for name, (method, path, said) in {asked!r}.items():
    with socket.socket(socket.AF_UNIX) as hub:
        hub.connect("/run/hub/hub.sock")
        connection = http.client.HTTPConnection("hub")
        connection.sock = hub
        headers = {{"Authorization": f"token {{token}}", "Content-Type": "application/json"}}
        connection.request(method, "/hub/api/" + path, json.dumps(said), headers)
        found[name] = connection.getresponse().status
print(json.dumps(found))"""


def named(hub: object) -> dict[str, object]:
    """Return the students of a hub by their names."""
    return {student.name: student for student in hub.students}


@pytest.fixture(scope="module")
def hub(place: Path, need_hub: None) -> Iterator[object]:  # noqa: F811
    """Yield a hub with a hostile student, who has come, and a neighbour, who has not."""
    from benchmarks.hub import Hub

    roster = place / "roster.csv"
    roster.write_text("id\neve\nbob\n", encoding="utf-8")
    with Hub(place / "hub", PORT, str(roster), "--secret", str(place / "secret")) as found:
        assert found.students, found.said
        eve = named(found)["eve"]
        assert eve.sign_in()
        eve.open()
        eve.begin()
        yield found


def test_the_hub_gives_a_student_nothing_that_is_not_hers(hub):
    eve = named(hub)["eve"]
    token = eve.web.cookies.get("_xsrf", path="/hub/")
    got = {}
    for name, (method, path, said) in FOR_NOBODY.items():
        answer = eve.web.request(
            method, f"{eve.hub}/hub/api/{path}", json=said, headers={"X-XSRFToken": token}, timeout=60
        )
        if answer.status_code not in (400, 403, 404, 405):
            got[name] = (answer.status_code, answer.text[:200])
    assert got == {}
    by_token = printed(eve, ASK.format(asked=FOR_NOBODY))
    assert {name: status for name, status in by_token.items() if status not in (400, 403, 404, 405)} == {}
    for page in ("spawn/bob", "admin", "user-redirect/../../user/bob/lab", "accept-share?code=x"):
        answer = eve.web.get(f"{eve.hub}/hub/{page}", timeout=60)
        assert answer.status_code in (403, 404) or "/user/bob" not in answer.url, page


def test_a_request_with_two_ends_does_not_become_two(hub):
    """What follows the first end would be taken for somebody else's request."""
    hidden = b"GET /hub/api/users/bob HTTP/1.1\r\nHost: a\r\n\r\n"
    for ends in (
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Content-Length: 0\r\nContent-Length: 60",
        b"Transfer-Encoding : chunked\r\nContent-Length: 5",
    ):
        with socket.create_connection(("127.0.0.1", PORT)) as connection:
            connection.settimeout(30)
            connection.sendall(
                b"POST /hub/login HTTP/1.1\r\nHost: a\r\n" + ends + b"\r\n\r\n0\r\n\r\n" + hidden
            )
            answer = connection.recv(1 << 16)
        assert answer.startswith(b"HTTP/1.1 400"), ends


def test_requests_without_end_leave_the_hub_its_memory(hub):
    """Who has not signed in sends a hundred megabytes to the page for passwords, ten times at once."""
    (process,) = (one for one in psutil.Process(hub.process.pid).children() if "jupyterhub" in one.cmdline())
    before = highest = process.memory_info().rss

    def send(_: int) -> None:
        with socket.create_connection(("127.0.0.1", PORT)) as connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            connection.sendall(b"POST /hub/login HTTP/1.1\r\nHost: a\r\nContent-Length: 99000000\r\n\r\n")
            for _ in range(98):
                connection.sendall(bytes(1_000_000))

    with ThreadPoolExecutor(10) as pool:
        sending = [pool.submit(send, number) for number in range(10)]
        while not all(one.done() for one in sending):
            highest = max(highest, process.memory_info().rss)
            time.sleep(0.05)
    assert highest - before < 100 << 20
    assert named(hub)["bob"].sign_in()
