/* When the queue is sent, and what the page says of the network, of who is signed in and of this phone's clock. */
(function (root) {
  "use strict";
  var queue = root.caudalQueue, moments = root.caudalMoments;
  var ODD_CLOCK_MS = 120000;

  // `tellClock` hears the server's clock, `done` that something may have changed.
  root.caudalNet = function (facts, tellClock, done) {
    var words = facts.words, attempt = 0, timer = null;
    function byId(id) { return document.getElementById(id); }

    function sendSoon(milliseconds) {
      clearTimeout(timer);
      timer = setTimeout(function () {
        queue.sendAll().then(function (found) {
          if (found.state === "online") attempt = 0;
          if (found.state !== "busy") say(found);
          if (found.waiting && found.state !== "signed-out" && found.state !== "other") sendSoon(queue.waitMs(attempt++));
          done();
        }, function () { sendSoon(queue.waitMs(attempt++)); });
      }, milliseconds);
    }

    function now() {
      attempt = 0;
      sendSoon(0);
      if (!navigator.serviceWorker) return;
      // Where the browser can, it sends even when this page is closed.
      navigator.serviceWorker.ready.then(function (registered) {
        if (registered.sync) return registered.sync.register("caudal-form");
      }).catch(function () {});
    }

    function say(found) {
      var other = found.state === "other" || (found.holder && found.holder !== facts.holder);
      document.body.setAttribute("data-net", other ? "signed-out" : found.state);
      byId("signin").hidden = !other && found.state !== "signed-out";
      sayNet();
      if (!found.clock) return;
      tellClock(found.clock);
      var odd = Math.abs(found.clock.skew) >= ODD_CLOCK_MS;
      byId("clock").hidden = !odd;
      if (!odd) return;
      var sentence = found.clock.skew > 0 ? words.clock_ahead : words.clock_behind;
      byId("clock").textContent = sentence.replace("{off}", moments.length(found.clock.skew));
    }

    function sayNet() {
      var state = document.body.getAttribute("data-net");
      var ready = state === "online" && document.body.hasAttribute("data-held");
      byId("net").textContent = words.net[ready ? "ready" : state] || "";
    }

    function hold() {
      if (!navigator.serviceWorker) return;
      navigator.serviceWorker.addEventListener("message", function (event) {
        if (event.data && event.data.held) document.body.setAttribute("data-held", "true");
        sayNet();
      });
      navigator.serviceWorker.register(facts.worker, { scope: "/reports/form" }).then(function () {
        return navigator.serviceWorker.ready;
      }).then(function (registered) { registered.active.postMessage({ hold: true }); }).catch(function () {});
    }

    function start() {
      ["online", "focus"].forEach(function (name) {
        root.addEventListener(name, function () { attempt = 0; sendSoon(0); });
      });
      root.addEventListener("offline", function () { say({ state: "offline" }); });
      document.addEventListener("visibilitychange", function () { if (!document.hidden) sendSoon(0); });
      hold();
      sendSoon(0);
    }

    return { now: now, start: start };
  };
})(self);
