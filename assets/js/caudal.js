/* Keeps an open page true: follows its board, has it painted, says whether the server is there, heals by itself. */
(function () {
  "use strict";
  var page = document.getElementById("caudal-page");
  if (!page) return;
  var facts = JSON.parse(page.textContent);
  var age = window.caudalAge, painter = window.caudalPaint;

  var SILENT_MS = 20000;       // no sign of the server for this long: offline
  var LONGEST_WAIT_MS = 10000; // between attempts: a page heals within half a minute of the server's return
  var POLL_MS = 10000;         // where streams do not come through
  var ANSWER_MS = 30000;       // a question without an answer is asked again

  var board = null;            // the newest board we hold; what is on screen may be older while the tab is hidden
  var shown = null;            // the board on screen
  var contact = age.mark();    // last sign of life of the server
  var connected = false;       // the stream is open and speaks
  var polled = false;          // the stream does not, but the last poll was answered
  var attempt = 0;
  var stream = null;           // AbortController of the stream, open or opening
  var again = null;            // timer of the next attempt
  var fetching = null;
  var latest = null;           // the newest version heard of
  var etag = null;
  var begunAnew = false;       // the server's versions lie before ours: another store stands behind this address
  var frame = 0;

  function tick() {
    age.tick();
    age.each(".js-plotly-plot", painter.watchZoom);
    sayLive();
    maybeReload();
  }

  function silence() { return age.since(contact); }

  function state() {
    if (facts.live === null) return "frozen"; // a page of the past: there is nothing to follow
    if ((connected || polled) && silence() < SILENT_MS) return "live";
    return silence() < SILENT_MS ? "reconnecting" : "offline";
  }

  function sayLive() {
    var now = state();
    age.each("[data-live]", function (root) {
      if (root.getAttribute("data-live") !== now) root.setAttribute("data-live", now);
    });
    age.each(".live-word", function (element) { age.say(element, facts.words.live[now]); });
  }

  // "12.4711" or "12.4711.1": data version, minute, turn.
  function older(one, other) {
    var a = one.split(".").map(Number), b = other.split(".").map(Number);
    for (var i = 0; i < 3; i += 1) if ((a[i] || 0) !== (b[i] || 0)) return (a[i] || 0) < (b[i] || 0);
    return false;
  }

  // Getting the board.

  function fetchBoard() {
    if (fetching) return fetching; // never two requests in flight for one board
    var controller = new AbortController();
    var limit = setTimeout(function () { controller.abort(); }, ANSWER_MS);
    var headers = etag ? { "If-None-Match": etag } : {};
    fetching = fetch(facts.board, { headers: headers, signal: controller.signal, cache: "no-store" })
      .then(function (answer) {
        var said = (answer.headers.get("Caudal-Now") || "").split(" ");
        if (said.length === 2) age.setClock(said[0], said[1]);
        if (answer.status === 401 || answer.status === 403) return turnedAway();
        if (answer.status !== 304 && !answer.ok) throw new Error("board: " + answer.status);
        contact = age.mark();
        if (answer.status === 304) return;
        etag = answer.headers.get("ETag");
        return answer.json().then(function (fresh) {
          // The stream may have brought us further than this answer: a page never goes back in time.
          if (board && !begunAnew && older(fresh.version, board.version)) return;
          begunAnew = false;
          take(fresh);
        });
      })
      .then(function () {
        // News that came while the answer was on its way may be newer than the answer.
        if (board && latest && board.version !== latest) fetchSoon();
      })
      .finally(function () { clearTimeout(limit); fetching = null; });
    return fetching;
  }

  // Many screens hear the same news at once; they do not all ask in the same instant.
  function fetchSoon() {
    setTimeout(function () { fetchBoard().catch(function () {}); }, Math.random() * 1000);
  }

  // How often in a row this tab was turned away; a browser that keeps nothing counts none.
  function turns(times) {
    try {
      if (times === undefined) return Number(sessionStorage.getItem("caudal-turned-away")) || 0;
      sessionStorage.setItem("caudal-turned-away", String(times));
    } catch (wrong) { return 0; }
  }

  // The page itself says why, or leads to the sign-in. Turned away again and again it asks less and less often.
  function turnedAway() {
    var times = turns();
    turns(times + 1);
    setTimeout(function () { location.reload(); }, times ? Math.min(60000, 1000 * Math.pow(2, times)) : 0);
  }

  function take(fresh) {
    board = fresh;
    paintSoon();
  }

  // One frame, never while nobody sees it; the newest board waits.
  function paintSoon() {
    if (board && board !== shown && !frame && !document.hidden) frame = requestAnimationFrame(paint);
  }

  function paint() {
    frame = 0;
    if (document.hidden || !painter.ready()) return;
    var asDrawn = !shown && painter.drawnVersion() === board.version && facts.version === board.version;
    if (!asDrawn) painter.paint(board, shown);
    shown = board;
    tick();
    document.dispatchEvent(new CustomEvent("caudal:painted", { detail: { version: board.version } }));
  }

  // Following it.

  function follow() {
    clearTimeout(again);
    var controller = new AbortController();
    stream = controller;
    stream.since = age.mark();
    fetch(facts.live, { signal: controller.signal, cache: "no-store", headers: { Accept: "text/event-stream" } })
      .then(function (answer) {
        if (answer.status === 401 || answer.status === 403) return turnedAway();
        if (!answer.ok || !answer.body) throw new Error("live: " + answer.status);
        return listen(answer.body.getReader());
      })
      .catch(function () {})
      .then(function () { if (stream === controller) lost(); });
  }

  function listen(reader) {
    var decoder = new TextDecoder();
    var rest = "";
    function next() {
      return reader.read().then(function (piece) {
        if (piece.done) return;
        contact = age.mark();
        if (!connected) {
          connected = true; polled = false; attempt = 0;
          turns(0);
          sayLive();
        }
        rest += decoder.decode(piece.value, { stream: true });
        var parts = rest.split("\n\n");
        rest = parts.pop();
        parts.forEach(hear);
        return next();
      });
    }
    return next();
  }

  function hear(part) {
    if (part.charAt(0) === ":") return;
    var name = "", text = "";
    part.split("\n").forEach(function (line) {
      if (line.indexOf("event: ") === 0) name = line.slice(7);
      if (line.indexOf("data: ") === 0) text += line.slice(6);
    });
    var said = JSON.parse(text);
    if (said.now) age.setClock(said.now, said.speed);
    latest = said.to || said.version || latest;
    if (name === "hello") hello(said);
    if (name === "delta") changed(said);
    if (name === "version" && (!board || said.version !== board.version)) fetchSoon();
    if (name === "closed") turnedAway();
  }

  function hello(said) {
    if (said.release !== facts.release) newRelease();
    begunAnew = board !== null && older(said.version, board.version);
    if (begunAnew) etag = null;
    if (!board || said.version !== board.version) fetchBoard().catch(function () {});
  }

  function changed(said) {
    if (!board || said.to === board.version) return;
    if (said.from !== board.version) return fetchSoon();
    var fresh;
    try { fresh = window.caudalDelta.applied(board, said.changes); } catch (wrong) { return fetchSoon(); }
    fresh = Object.assign({}, fresh, {
      version: said.to,
      clock: { now: said.now, speed: said.speed, replay: fresh.clock.replay }
    });
    etag = null;
    take(fresh);
  }

  function lost() {
    connected = false;
    stream = null;
    latest = null;
    sayLive();
    var wait = Math.min(LONGEST_WAIT_MS, 500 * Math.pow(1.7, attempt));
    attempt += 1;
    again = setTimeout(follow, wait * (0.5 + Math.random() / 2));
  }

  // A stream that says nothing is given up. A line that keeps streams back may still let short answers through.
  function watchSilence() {
    if (facts.live === null) return;
    if (stream && Math.min(silence(), age.since(stream.since)) > SILENT_MS) stream.abort();
    if (connected || silence() < POLL_MS) return;
    fetchBoard().then(function () { polled = !connected; }, function () { polled = false; }).then(sayLive);
  }

  // A screen that nobody touches starts afresh once a night, and when the server has something new.

  var opened = age.mark();
  var touched = age.mark();
  var reloadAt = null;
  var LONG_OPEN_MS = 2 * 3600 * 1000;
  ["pointerdown", "keydown"].forEach(function (kind) {
    document.addEventListener(kind, function () { touched = age.mark(); }, { passive: true });
  });

  function reloadWithin(ms) { reloadAt = { from: age.mark(), after: Math.random() * ms }; }

  function newRelease() { reloadWithin(20000); }

  function maybeReload() {
    var quiet = facts.quietHour !== null && age.localHour() === facts.quietHour && age.since(opened) > LONG_OPEN_MS;
    if (quiet && reloadAt === null) reloadWithin(30 * 60 * 1000);
    var idle = facts.quietHour !== null || document.hidden || age.since(touched) > 60000;
    if (reloadAt === null || age.since(reloadAt.from) < reloadAt.after || !connected || !idle) return;
    reloadAt = null;
    fetch("/readyz", { cache: "no-store" })
      .then(function (answer) { if (answer.ok) location.reload(); })
      .catch(function () {});
  }

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) return;
    tick();
    paintSoon();
  });
  window.addEventListener("online", function () {
    attempt = 0;
    if (facts.live && !stream) follow();
  });
  // Dash must have drawn before there is something to change.
  document.addEventListener("caudal:drawn", function () { tick(); paintSoon(); });

  setInterval(tick, 1000);
  setInterval(watchSilence, 5000);
  tick();
  // The stream's first word says whether there is anything to fetch; where streams are held back, polling begins.
  if (facts.live) follow();
  else fetchBoard().catch(function () {});
  setTimeout(function () { if (!board) fetchBoard().catch(function () {}); }, 4000);

  window.caudal = {
    show: take, board: function () { return board; }, shown: function () { return shown; }, state: state,
    domainNow: age.domainNow
  };
})();
