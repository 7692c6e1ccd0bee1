/* What the course in the page says of itself, in a bar below: how far it has loaded, and what this browser cannot do.
   Written so that old browsers can read it, too. */
"use strict";
(function () {
  var bar, words, timer, shown = "";

  function say(text, stays) {
    if (text === shown) return;
    shown = text;
    if (!bar) {
      bar = document.createElement("div");
      bar.style.cssText = "position:fixed;left:0;right:0;bottom:0;z-index:2000;padding:.6em 3em .6em 1em;" +
        "background:#12344d;color:#fff;font:16px/1.4 system-ui,sans-serif";
      words = document.createElement("span");
      words.setAttribute("role", "status");
      var close = document.createElement("button");
      close.textContent = "×";
      close.setAttribute("aria-label", "Close this message");
      close.style.cssText = "position:absolute;right:.5em;top:.2em;font-size:1.4em;color:inherit;background:none;border:0";
      close.onclick = function () { bar.hidden = true; };
      bar.appendChild(words);
      bar.appendChild(close);
      document.body.appendChild(bar);
    }
    bar.hidden = !text;
    words.textContent = text;
    clearTimeout(timer);
    if (!stays) timer = setTimeout(function () { say("", true); }, 6000);
  }

  /* What is wrong for as long as the page is open: one sentence each. */
  var troubles = [];
  function trouble(text) {
    if (troubles.indexOf(text) < 0) troubles.push(text);
    say(troubles.join(" "), true);
  }

  if (!window.WebAssembly || !window.structuredClone || !window.indexedDB || !Promise.allSettled) {
    window.stop();
    document.addEventListener("readystatechange", function () { refuse(); });
    return refuse();
  }
  function refuse() {
    document.documentElement.innerHTML = "<body><p style='font:18px/1.5 sans-serif;margin:2em'>This browser is too old to run " +
      "Python in a page. It needs Chromium, Edge, Firefox or Safari of 2022 or later. <a href='../../index.html'>The " +
      "reading site</a> works here.</p></body>";
  }

  function start() {
    function panel() {
      var app = window.jupyterapp;
      return app && app.shell && app.shell.currentWidget;
    }
    var watched = [];
    function watch() {
      var context = panel() && panel().context;
      if (!context || watched.indexOf(context) >= 0) return;
      watched.push(context);
      context.saveState.connect(function (_, state) {
        if (state !== "failed") return;
        trouble(context.path + " was not saved: this browser's storage is full. What you see is still here: " +
          "download it now (File, Download), and free some room.");
      });
    }
    function status() {
      var context = panel() && panel().sessionContext;
      return context ? context.kernelDisplayStatus : "";
    }
    /* What a first visit loads before the worker is there that keeps files: it is asked for once more, through the worker. */
    var kept = navigator.serviceWorker && navigator.serviceWorker.controller;
    function keepWhatCameFirst() {
      if (kept || !navigator.serviceWorker) return;
      kept = true;
      navigator.serviceWorker.ready.then(function () {
        var came = performance.getEntriesByType("resource").map(function (one) { return one.name; });
        came.concat(location.href).forEach(function (url) {
          if (url.indexOf(location.origin) === 0 && (url.indexOf("/api/") < 0 || url.indexOf("/api/contents/") > 0))
            fetch(url).catch(function () {});
        });
      });
    }
    var began = Date.now();
    setInterval(watch, 1000);
    var steps = setInterval(function () {
      if (troubles.length) return clearInterval(steps);
      var seconds = " (" + Math.round((Date.now() - began) / 1000) + " s)";
      if (status() === "idle" || status() === "busy") {
        clearInterval(steps);
        setTimeout(keepWhatCameFirst, 10000); /* the lesson's first cells come before it */
        say("Python is ready. What you write is kept in this browser.");
      } else if (panel() && panel().sessionContext) say("3 of 3: Python is loading" + seconds + ". You can read meanwhile.", true);
      else if (window.jupyterapp) say("2 of 3: the lesson opens" + seconds + ".", true);
      else say("1 of 3: JupyterLab is loading" + seconds + ". The first visit loads at most @SIZE@ MB, later ones hardly anything.", true);
    }, 500);

    window.addEventListener("beforeunload", function (event) {
      if (status() === "busy") event.preventDefault(); /* the browser then asks whether to leave */
    });
    if (!navigator.serviceWorker)
      trouble("This browser allows no service worker here (a private window, or an address without https): " +
        "predictions and notes cannot be kept, and there is no visit without a network.");
    var test = indexedDB.open("samarkand-test");
    test.onerror = function () {
      trouble("This browser keeps nothing here (a private window?): download what you want to keep before you close the page.");
    };
    if (navigator.storage && navigator.storage.estimate)
      navigator.storage.estimate().then(function (found) {
        var room = Math.floor((found.quota - found.usage) / 1e6);
        if (room < 100)
          trouble("There is room for " + room + " MB more in this browser's storage, and the course needs some @SIZE@ MB: " +
            "a change might not be kept. Free some, or download what you change.");
        else if (navigator.storage.persist) navigator.storage.persist(); /* asks that nothing is cleared without a question */
      });
    if (navigator.locks)
      navigator.locks.request("samarkand-course", { ifAvailable: true }, function (lock) {
        if (!lock) return trouble("The course is open in another tab, too. Work in one: what you save last stays, and the other is lost.");
        return new Promise(function () {}); /* held until this tab is closed */
      });
  }
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
