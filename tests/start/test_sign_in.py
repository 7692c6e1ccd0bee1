"""A hub with a university's sign-in, by OAuth 2 and LTI 1.3, against a sign-in of our own on this machine."""

import base64
import contextlib
import datetime as dt
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import psutil
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from samarkand_grading.classroom.hub import processes, sign_in, warm_up

LTI = "https://purl.imsglobal.org/spec/lti/claim"
CLIENT = "samarkand-2022"
OAUTH_PORT, LTI_PORT = 9470, 9480


@dataclass
class University:
    """A sign-in on this machine: it says of whoever comes what the test wants it to say.

    Attributes
    ----------
    says : dict
        The claims on who signs in.
    asked : list of dict
        The queries that came to its page, newest last.
    """

    address: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the page at an address."""
        if path == "/authorize":
            self.asked.append(query)
            if query["response_type"] == "id_token":  # LTI: the browser brings a form; the tests do that
                return 200, {}, b""
            back = f"{query['redirect_uri']}?code=once&state={query['state']}"
            return 302, {"Location": back}, b""
        found = {
            "/token": {"access_token": "t", "token_type": "Bearer"},
            "/userinfo": self.says,
            "/keys": {"keys": [self.public_key()]},
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(found[path]).encode()

    def public_key(self) -> dict[str, Any]:
        """Return the key by which signatures are checked."""
        shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {**shown, "kid": "1", "use": "sig", "alg": "RS256"}

    def sign(self, nonce: str, key: rsa.RSAPrivateKey | None = None, **changed: Any) -> str:
        """Return the platform's signed word on who comes; `changed` replaces parts of it."""
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": nonce, "sub": "7",
            f"{LTI}/message_type": "LtiResourceLinkRequest", f"{LTI}/version": "1.3.0",
            f"{LTI}/deployment_id": "1", f"{LTI}/target_link_uri": "http://127.0.0.1",
            f"{LTI}/resource_link": {"id": "1"}, f"{LTI}/roles": [],
        }  # fmt: skip
        return jwt.encode({**claims, **self.says, **changed}, key or self.key, "RS256", headers={"kid": "1"})


@pytest.fixture(scope="module")
def university() -> Iterator[University]:
    """Yield a running sign-in."""
    here = University()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, headers, body = here.answer(parts.path, query)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    here.address = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def served(way: str, port: int, folder: Path, university: University) -> Iterator[str]:
    """Yield the address of a hub of a class of two, which signs in by the university."""
    from benchmarks.hub import Hub

    roster = folder / "roster.csv"
    roster.write_text("id\nada@example.edu\nBo@example.edu\n", encoding="utf-8")
    address = f"http://127.0.0.1:{port}"
    settings = {
        "HUB_ADDRESS": address, "STUDENT_ID_CLAIM": "email",
        "OAUTH_CLIENT_ID": CLIENT, "OAUTH_CLIENT_SECRET": "s", "LTI_CLIENT_ID": CLIENT,
        "OAUTH_AUTHORIZE_URL": f"{university.address}/authorize",
        "OAUTH_TOKEN_URL": f"{university.address}/token",
        "OAUTH_USERINFO_URL": f"{university.address}/userinfo",
        "LTI_AUTHORIZE_URL": f"{university.address}/authorize",
        "LTI_KEYS_URL": f"{university.address}/keys", "LTI_ISSUER": university.address,
    }  # fmt: skip
    words = ["env", *(f"{name}={value}" for name, value in settings.items())]
    then = (dt.datetime.now() + dt.timedelta(hours=12)).strftime("%H:%M")
    options = ("--sign-in", way, "--secret", str(folder / "secret"), "--warm", then)
    with Hub(folder / "hub", port, str(roster), *options, before=words) as hub:
        assert hub.students, hub.said
        assert any(f"each day at {then}" in line for line in hub.said), hub.said
        yield address


@pytest.fixture(scope="module")
def oauth(tmp_path_factory: pytest.TempPathFactory, university: University, need_hub: None) -> Iterator[str]:
    folder = open_folder(tmp_path_factory)
    with served("oauth", OAUTH_PORT, folder, university) as address:
        yield address


@pytest.fixture(scope="module")
def lti(tmp_path_factory: pytest.TempPathFactory, university: University, need_hub: None) -> Iterator[str]:
    folder = open_folder(tmp_path_factory)
    with served("lti", LTI_PORT, folder, university) as address:
        yield address


def open_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a new folder that other users may pass through: root's students have ids of their own."""
    folder = factory.mktemp("hub")
    for one in (folder, folder.parent, folder.parent.parent):
        one.chmod(0o711)
    return folder


def sign_in_by_oauth(hub: str) -> requests.Response:
    return requests.Session().get(f"{hub}/hub/oauth_login?next=/hub/home", timeout=60)


@dataclass
class Launch:
    """A browser that a platform has sent to the hub: with what the hub asked of the platform."""

    hub: str
    cookies: dict[str, str]
    asked: dict[str, str]

    def come_back(self, token: str, **changed: str) -> requests.Response:
        """Bring the platform's word to the hub, as the platform's form does."""
        form = {"id_token": token, "state": self.asked["state"], **changed}
        back = f"{self.hub}/hub/lti13/oauth_callback"
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return requests.post(back, form, headers={"Cookie": cookies}, allow_redirects=False, timeout=60)


def begin_launch(hub: str, university: University) -> Launch:
    """Click on the course's link: the hub sends the browser to the platform."""
    asks = {
        "iss": university.address, "login_hint": "7", "client_id": CLIENT,
        "target_link_uri": f"{hub}/hub/user-redirect/lab/tree/lessons/03_the_sco.ipynb",
    }  # fmt: skip
    begun = requests.post(f"{hub}/hub/lti13/oauth_login", asks, allow_redirects=False, timeout=60)
    # The cookies are for https alone, and the hub behind a web server with a certificate: not here.
    assert "SameSite=None" in begun.headers["Set-Cookie"] and "Secure" in begun.headers["Set-Cookie"]
    cookies = {cookie.name: cookie.value or "" for cookie in begun.cookies}
    query = {name: values[0] for name, values in parse_qs(urlsplit(begun.headers["Location"]).query).items()}
    return Launch(hub, cookies, query)


@pytest.mark.parametrize("claim", ["ada@example.edu", "ADA@example.edu", "bo@example.edu"])
def test_who_is_on_the_roster_comes_in_by_oauth(oauth: str, university: University, claim: str) -> None:
    university.says = {"email": claim, "sub": "7"}
    page = sign_in_by_oauth(oauth)
    assert page.status_code == 200 and page.url == f"{oauth}/hub/home"
    assert claim.lower() in page.text


@pytest.mark.parametrize("says", [{"email": "eve@example.edu"}, {"sub": "ada@example.edu"}, {"email": ""}])
def test_nobody_else_comes_in_by_oauth(oauth: str, university: University, says: dict[str, str]) -> None:
    university.says = says
    page = sign_in_by_oauth(oauth)
    assert page.status_code in (403, 500) and "/hub/home" not in page.url


@pytest.mark.parametrize("claim", ["ada@example.edu", "BO@example.edu"])
def test_who_is_on_the_roster_comes_from_the_platform_to_the_lesson(
    lti: str, university: University, claim: str
) -> None:
    university.says = {"email": claim}
    launch = begin_launch(lti, university)
    answer = launch.come_back(university.sign(launch.asked["nonce"]))
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/hub/user-redirect/lab/tree/lessons/03_the_sco.ipynb"
    assert any(cookie.name == "jupyterhub-hub-login" for cookie in answer.cookies)


@pytest.mark.parametrize(
    "forged",
    ["another key", "another audience", "another platform", "too old", "another nonce", "another state"],
)
def test_a_forged_or_replayed_word_of_the_platform_is_refused(
    lti: str, university: University, forged: str
) -> None:
    university.says = {"email": "ada@example.edu"}
    launch = begin_launch(lti, university)
    nonce = launch.asked["nonce"]
    token = {
        "another key": lambda: university.sign(nonce, rsa.generate_private_key(65537, 2048)),
        "another audience": lambda: university.sign(nonce, aud="another tool"),
        "another platform": lambda: university.sign(nonce, iss="http://127.0.0.1:1"),
        "too old": lambda: university.sign(nonce, iat=1, exp=2),
        "another nonce": lambda: university.sign(secrets.token_hex(32)),
        "another state": lambda: university.sign(nonce),
    }[forged]()
    other = base64.urlsafe_b64encode(b'{"state_id": "x", "next_url": "/hub/home"}').decode()
    changed = {"state": other} if forged == "another state" else {}
    answer = launch.come_back(token, **changed)
    assert answer.status_code in (400, 401)
    assert not any(cookie.name == "jupyterhub-hub-login" for cookie in answer.cookies)


@pytest.mark.parametrize("says", [{"email": "eve@example.edu"}, {}])
def test_nobody_else_comes_from_the_platform(lti: str, university: University, says: dict[str, str]) -> None:
    """Without the claim the library takes the platform's own number of the person: it is on no roster."""
    university.says = says
    launch = begin_launch(lti, university)
    answer = launch.come_back(university.sign(launch.asked["nonce"]))
    assert answer.status_code == 403
    assert not any(cookie.name == "jupyterhub-hub-login" for cookie in answer.cookies)


@pytest.mark.parametrize("way", sign_in.NEEDED)
def test_each_missing_setting_is_named_with_where_it_is_found(way: str) -> None:
    names = list(sign_in.NEEDED[way])
    with pytest.raises(sign_in.SettingsMissing) as caught:
        sign_in.read_settings(way, {names[0]: "x", names[1]: " "})
    assert caught.value.names == tuple(names[1:])
    assert all(f"{name}: " in str(caught.value) for name in names[1:])
    found = sign_in.read_settings(way, dict.fromkeys(names, "x "))
    assert found.student_id_claim == "x"


def find_order(port: int) -> str:
    """Return the order to start servers that the hub on a port was started with."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            environment = process.environ()
            if environment.get("SAMARKAND_PORT") == str(port) and "SAMARKAND_WARM_UP" in environment:
                return environment["SAMARKAND_WARM_UP"]
    raise LookupError(port)


def test_servers_run_before_their_students_come(oauth: str, university: University) -> None:
    """The order is the hub's own: nobody who signs in can give it."""
    token = find_order(OAUTH_PORT)
    assert warm_up.start_servers(oauth, token, ["ada@example.edu"]) == []
    end = time.monotonic() + 60
    while not any("/ada@example.edu/" in work for work in processes.list_values("SAMARKAND_WORK")):
        assert time.monotonic() < end
        time.sleep(0.5)
    assert warm_up.start_servers(oauth, token, ["ada@example.edu"]) == [], "it runs, or is about to"
    (said,) = warm_up.start_servers(oauth, secrets.token_hex(), ["bo@example.edu"])
    assert said.startswith("The server of bo@example.edu was not started before class: ")


@pytest.mark.parametrize(
    ("now", "seconds"),
    [("2026-10-05T09:30:00", 1200), ("2026-10-05T09:50:00", 86400), ("2026-10-05T23:50:00", 36000)],
)
def test_servers_are_started_at_the_next_time_of_the_day(now: str, seconds: int) -> None:
    order = warm_up.WarmUp(warm_up.read_time("09:50"), "")
    assert order.wait(dt.datetime.fromisoformat(now)) == seconds


@pytest.mark.parametrize("given", ["24:10", "half past nine", "9", ""])
def test_what_is_no_time_of_day_is_told(given: str) -> None:
    with pytest.raises(warm_up.NotATime) as caught:
        warm_up.read_time(given)
    assert caught.value.given == given
