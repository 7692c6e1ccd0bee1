/* Keeps the course in this browser: each file is fetched once for each edition of the site, and later visits need no network.
   A visit has all its files from one edition. A new one comes with the first visit after all tabs of the last are closed.
   What is no file of the site (what the notebook's Python asks of the page) is JupyterLite's own, whose worker is loaded below. */
"use strict";
const EDITION = "course-@EDITION@";

function isFile(request) {
  const { origin, pathname } = new URL(request.url);
  const asksPage = pathname.includes("/api/") && !pathname.includes("/api/contents/");
  return request.method === "GET" && origin === location.origin && !asksPage;
}

async function answer(event) {
  const { origin, pathname } = new URL(event.request.url);
  const key = origin + pathname; // which lesson is opened is said behind a question mark: it is the same file
  const kept = await caches.open(EDITION);
  const known = await kept.match(key);
  if (known) return known;
  // Asked of the server even if the browser has it: that might be of the last edition.
  const asked = { cache: "no-cache", credentials: "same-origin", redirect: event.request.redirect };
  const fetched = await fetch(event.request.url, asked);
  const whole = fetched.status === 200 && !fetched.redirected;
  if (whole) event.waitUntil(kept.put(key, fetched.clone()).catch(() => {})); // there may be no room left
  return fetched;
}

addEventListener("install", (event) => event.stopImmediatePropagation()); // JupyterLite's would begin amid a visit

addEventListener("activate", (event) => {
  const forget = async () => {
    for (const name of await caches.keys()) if (name !== EDITION) await caches.delete(name);
  };
  event.waitUntil(forget());
});

addEventListener("fetch", (event) => {
  if (!isFile(event.request)) return;
  event.stopImmediatePropagation();
  event.respondWith(answer(event));
});

importScripts("jupyterlite-service-worker.js");
