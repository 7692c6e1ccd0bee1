"""What the page of one student can do in another's browser, where each server has an address of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
PORT = 9490
HUB = f"http://hub.localhost:{PORT}"
#: Milliseconds that a student's server may take to start.
PATIENCE = 300_000
#: Waits until JupyterLab has the kernel of the notebook that the link opens.
HAS_KERNEL = "document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')"
#: Opens somebody's JupyterLab in a window and uses it as she would: her kernels, or the browser's refusal.
USE = """address => new Promise(done => {
    const opened = window.open(address + "/lab");
    const end = Date.now() + 60000;
    const look = async () => {
        try {
            const [, token] = opened.document.cookie.match(/_xsrf=([^;]+)/);
            const headers = {"X-XSRFToken": decodeURIComponent(token)};
            const found = await (await opened.fetch(address + "/api/kernels", {headers})).json();
            if (found.length || Date.now() > end) { return done(found.map(one => one.id)); }
        } catch (error) {  // TypeError: the page is not there yet
            if (error.name !== "TypeError" || Date.now() > end) { return done(error.name); }
        }
        setTimeout(look, 300);
    };
    setTimeout(look, 3000);
})"""
#: What a page gets of an address with the reader's cookies: the status, or why the browser gives no answer.
ASK = """async ([address, options]) => {
    try { return (await fetch(address, {credentials: "include", ...options})).status; }
    catch (error) { return error.name; }
}"""
#: Whether a page may talk to a kernel.
TALK = """address => new Promise(done => {
    const socket = new WebSocket(address);
    socket.onopen = () => { socket.close(); done("open"); };
    socket.onerror = () => done("refused");
})"""


@pytest.fixture(scope="module")
def students(need_hub: None) -> Iterator[list]:
    """Yield the two students of a hub that gives each server an address of its own."""
    from benchmarks.hub import Hub

    place = Path(tempfile.mkdtemp(prefix="samarkand-hub-"))
    place.chmod(0o711)  # students pass through, unlike through pytest's folder
    try:
        with Hub(place / "hub", PORT, "2", "--addresses-below", HUB) as hub:
            assert f"The hub is at {HUB}. " in "".join(hub.said), hub.said
            assert "All servers have one address" not in "".join(hub.said)
            yield hub.students
    finally:
        shutil.rmtree(place)


def sign_in(page: Page, student) -> str:
    """Sign in by the link to lesson 03; return the address of the student's server."""
    page.goto(f"{HUB}/hub/user-redirect/lab/tree/lessons/03_the_sco.ipynb", timeout=PATIENCE)
    page.fill("#username_input", student.name)
    page.fill("#password_input", student.password)
    page.click("#login_submit")
    page.wait_for_url(
        f"http://{student.name}.hub.localhost:{PORT}/user/{student.name}/lab/**", timeout=PATIENCE
    )
    page.wait_for_function(HAS_KERNEL, timeout=PATIENCE)
    return page.url.partition("/lab/")[0]


def test_a_page_of_another_student_reads_and_runs_nothing_of_whoever_opens_it(
    browser: Browser, students: list
):
    reader, author = students
    with browser.new_context() as of_author, browser.new_context() as of_reader:
        authors = sign_in(of_author.new_page(), author)
        page = of_reader.new_page()
        own = sign_in(page, reader)
        kernels = page.evaluate(USE, own)  # so could any page, were all at one address
        channels = f"{own.replace('http', 'ws', 1)}/api/kernels/{kernels[0]}/channels"
        assert page.evaluate(TALK, channels) == "open"

        letter = of_reader.new_page()  # what the author's server answers is the author's to decide
        place = f"{authors.partition('/user/')[0]}/letter"
        letter.route(place, lambda route: route.fulfill(body="<p>Look!</p>", content_type="text/html"))
        letter.goto(place)
        asked = [
            (f"{own}/lab", {}),
            (f"{own}/api/contents/lessons/03_the_sco.ipynb", {}),
            (f"{own}/api/kernels", {"method": "POST", "body": "{}"}),
            (f"{HUB}/hub/home", {}),
            (f"{HUB}/hub/token", {}),
            (f"{HUB}/hub/api/users/{reader.name}/tokens", {"method": "POST", "body": "{}"}),
        ]
        answers = [letter.evaluate(ASK, [address, options]) for address, options in asked]
        assert answers == ["TypeError"] * len(asked)  # the browser withholds them
        assert letter.evaluate(TALK, channels) == "refused"
        assert letter.evaluate(USE, own) == "SecurityError"
        visit = letter.goto(f"{authors}/lab")
        assert visit.status == 403  # nor does the hub let her into the author's server
