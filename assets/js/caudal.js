/* Keeps an open page true: follows the board, paints only what changed, says how old it is and whether it is alive. */
(function () {
  "use strict";
  var facts = read("caudal-page");
  var look = read("caudal-look");
  if (!facts) return;

  var SILENT_MS = 20000;      // no sign of the server for this long: offline
  var LONGEST_WAIT_MS = 10000; // between attempts, so that a page heals within half a minute of the server's return
  var POLL_MS = 15000;

  var board = null;           // the newest board we hold; what is on screen may be older while the tab is hidden
  var shown = null;           // the board on screen
  var clock = { now: Date.parse(facts.now), at: Date.now(), speed: facts.speed };
  var contact = Date.now();   // last sign of life of the server
  var connected = false;
  var attempt = 0;
  var stream = null;          // AbortController of the open stream
  var fetching = null;
  var etag = null;
  var frame = 0;

  function read(id) {
    var element = document.getElementById(id);
    return element ? JSON.parse(element.textContent) : null;
  }

  // The domain clock: what the server said, counted on at its speed, with the server or without.

  function domainNow() { return clock.now + (Date.now() - clock.at) * clock.speed; }

  function setClock(now, speed) {
    var moment = Date.parse(now);
    if (!isNaN(moment)) clock = { now: moment, at: Date.now(), speed: Number(speed) || 1 };
  }

  var clockFormat = new Intl.DateTimeFormat("es", {
    timeZone: facts.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23"
  });
  var hourFormat = new Intl.DateTimeFormat("en-US", { timeZone: facts.zone, hour: "2-digit", hourCycle: "h23" });

  function fill(words, values) {
    return words.replace(/\{(\w)\}/g, function (_, name) { return values[name]; });
  }

  function ageText(asOf, now) {
    var words = facts.words.age;
    if (!asOf) return words.none;
    var seconds = Math.floor((now - Date.parse(asOf)) / 1000);
    if (isNaN(seconds)) return words.none;
    if (seconds < 0) return words.future;
    if (seconds < 60) return fill(words.seconds, { s: seconds });
    var minutes = Math.floor(seconds / 60);
    if (minutes < 60) return fill(words.minutes, { m: minutes });
    var hours = Math.floor(minutes / 60);
    if (hours < 48) return fill(words.hours, { h: hours, m: minutes % 60 });
    return fill(words.days, { d: Math.floor(hours / 24), h: hours % 24 });
  }

  function say(element, text) { if (element.textContent !== text) element.textContent = text; }

  function tick() {
    var now = domainNow();
    each(".age", function (element) { say(element, ageText(element.getAttribute("data-as-of"), now)); });
    var time = clockFormat.format(now);
    each("#now-clock, .now-clock", function (element) { say(element, time); });
    each(".js-plotly-plot", watchZoom);
    sayLive();
    maybeReload();
  }

  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  // Alive or not.

  function state() {
    if (facts.live === null || (connected && Date.now() - contact < SILENT_MS)) return "live";
    return Date.now() - contact < SILENT_MS ? "reconnecting" : "offline";
  }

  function sayLive() {
    var now = state();
    each("[data-live]", function (root) { if (root.getAttribute("data-live") !== now) root.setAttribute("data-live", now); });
    each(".live-word", function (element) { say(element, facts.words.live[now]); });
  }

  // Getting the board.

  function fetchBoard() {
    if (fetching) return fetching; // never two requests in flight for one board
    fetching = fetch(facts.board, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", credentials: "same-origin" })
      .then(function (answer) {
        var said = (answer.headers.get("Caudal-Now") || "").split(" ");
        if (said.length === 2) setClock(said[0], said[1]);
        if (answer.status === 304) { contact = Date.now(); return; }
        if (answer.status === 401 || answer.status === 403) return turnedAway();
        if (!answer.ok) throw new Error("board: " + answer.status);
        etag = answer.headers.get("ETag");
        return answer.json().then(function (fresh) { contact = Date.now(); take(fresh); });
      })
      .finally(function () { fetching = null; });
    return fetching;
  }

  // Many screens hear the same news at once; they do not all ask in the same instant.
  function fetchSoon() {
    setTimeout(function () { fetchBoard().catch(function () {}); }, Math.random() * 1000);
  }

  function turnedAway() { location.reload(); }

  function take(fresh) {
    board = fresh;
    if (!frame && !document.hidden) frame = requestAnimationFrame(paint);
  }

  // Following it.

  function follow() {
    var controller = new AbortController();
    stream = controller;
    fetch(facts.live, { signal: controller.signal, cache: "no-store", headers: { Accept: "text/event-stream" }, credentials: "same-origin" })
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
        contact = Date.now();
        if (!connected) { connected = true; attempt = 0; sayLive(); }
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
    if (said.now) setClock(said.now, said.speed);
    if (name === "hello") hello(said);
    if (name === "delta") changed(said);
    if (name === "version" && (!board || said.version !== board.version)) fetchSoon();
    if (name === "closed") turnedAway();
  }

  function hello(said) {
    if (said.release !== facts.release) newRelease();
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
    sayLive();
    var wait = Math.min(LONGEST_WAIT_MS, 500 * Math.pow(1.7, attempt));
    attempt += 1;
    setTimeout(follow, wait * (0.5 + Math.random() / 2));
  }

  // A line that keeps streams back may still let short answers through.
  function watchSilence() {
    if (facts.live === null) return;
    if (stream && connected && Date.now() - contact > SILENT_MS) { stream.abort(); }
    if (!connected && Date.now() - contact > POLL_MS) {
      fetchBoard().then(function () { sayLive(); }).catch(function () {});
    }
  }

  // Painting. Dash draws; we hand it only the parts that are not the same object as before.

  function ready() { return !!document.querySelector("#react-entry-point #caudal") && window.dash_clientside; }

  // The version Dash drew the page from at first.
  function drawnVersion() {
    var panel = document.querySelector("#react-entry-point [data-panel]");
    return panel && panel.getAttribute("data-version");
  }

  function paint() {
    frame = 0;
    if (!board || document.hidden || !ready()) return;
    if (!shown && drawnVersion() === board.version) { shown = board; return; }
    var old = shown || { kpis: {}, figures: {}, texts: {} };
    parts(board.kpis, old.kpis, paintKpi);
    parts(board.figures, old.figures, paintFigure);
    parts(board.texts, old.texts, paintText);
    shown = board;
    each("[data-panel]", function (panel) { panel.setAttribute("data-version", board.version); });
    each(".age[data-follows=board]", function (age) { age.setAttribute("data-as-of", board.as_of || ""); });
    tick();
    document.dispatchEvent(new CustomEvent("caudal:painted", { detail: { version: board.version } }));
  }

  function parts(fresh, old, act) {
    Object.keys(fresh || {}).forEach(function (name) {
      if (old[name] !== fresh[name] && !equal(old[name], fresh[name])) act(name, fresh[name]);
    });
  }

  function equal(a, b) { return a !== undefined && JSON.stringify(a) === JSON.stringify(b); }

  function set(id, props) {
    if (document.getElementById(id)) window.dash_clientside.set_props(id, props);
  }

  function attribute(value) { return value === null || value === undefined ? "" : String(value); }

  function paintKpi(name, kpi) {
    set("kpi-" + name, {
      "data-value": attribute(kpi.value),
      "data-as-of": attribute(kpi.as_of),
      "data-state": kpi.state,
      "data-bound": attribute(kpi.bound),
      "data-text": attribute(kpi.word),
      "data-level": attribute(kpi.level)
    });
    if (name === "pressure_level") {
      each(".headline[data-level]", function (line) { line.setAttribute("data-level", kpi.level || "no-data"); });
    }
    set("kpi-" + name + "-text", { children: kpi.text });
    set("kpi-" + name + "-note", { children: kpi.note });
    set("kpi-" + name + "-origin", { children: kpi.origin });
    each("#kpi-" + name + " .age", function (age) { age.setAttribute("data-as-of", attribute(kpi.as_of)); });
  }

  function paintFigure(name, figure) {
    var dressed = resolved(figure);
    dressed.layout = Object.assign({}, dressed.layout, { template: look.template }, zoomed(name, dressed.layout));
    set("graph-" + name, { figure: dressed });
  }

  // After a zoom Dash hands plotly the zoomed figure as if it were a new one, so that uirevision alone would lose the
  // zoom at the next refresh. What a person chose is kept here, until a double click lets it go.
  var chosen = {};

  function zoomed(name, layout) {
    var kept = {};
    Object.keys(chosen[name] || {}).forEach(function (axis) {
      kept[axis] = Object.assign({}, layout[axis], { range: chosen[name][axis], autorange: false });
    });
    return kept;
  }

  function watchZoom(plot) {
    var graph = plot.closest("[id^=graph-]");
    if (!graph || !plot.on || plot.caudalWatched) return;
    plot.caudalWatched = true;
    var name = graph.id.slice("graph-".length);
    var letGo = false;
    plot.on("plotly_doubleclick", function () { delete chosen[name]; letGo = true; });
    plot.on("plotly_relayout", function (change) {
      if (letGo) { letGo = false; return; }
      ["xaxis", "yaxis"].forEach(function (axis) {
        if (!(axis + ".range[0]" in change)) return;
        chosen[name] = chosen[name] || {};
        chosen[name][axis] = [change[axis + ".range[0]"], change[axis + ".range[1]"]];
      });
    });
  }

  function paintText(name, tree) { set("text-" + name, { children: tree }); }

  // "@arrivals" is a colour of the page's look.
  function resolved(value) {
    if (typeof value === "string") return value.charAt(0) === "@" && value.slice(1) in look.tokens ? look.tokens[value.slice(1)] : value;
    if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(resolved);
    if (value === null || typeof value !== "object") return value;
    var made = {};
    Object.keys(value).forEach(function (key) { made[key] = resolved(value[key]); });
    return made;
  }

  // A screen that nobody touches starts afresh once a night, and when the server has something new.

  var opened = Date.now();
  var touched = Date.now();
  var reloadAt = null;
  ["pointerdown", "keydown"].forEach(function (kind) {
    document.addEventListener(kind, function () { touched = Date.now(); }, { passive: true });
  });

  function newRelease() { reloadAt = Date.now() + Math.random() * 20000; }

  function maybeReload() {
    var quiet = facts.quietHour !== null && Number(hourFormat.format(Date.now())) % 24 === facts.quietHour &&
      Date.now() - opened > 2 * 3600 * 1000;
    if (quiet && reloadAt === null) reloadAt = Date.now() + Math.random() * 30 * 60 * 1000;
    var idle = facts.quietHour !== null || document.hidden || Date.now() - touched > 60000;
    if (reloadAt === null || Date.now() < reloadAt || !connected || !idle) return;
    reloadAt = null;
    fetch("/readyz", { cache: "no-store" }).then(function (answer) { if (answer.ok) location.reload(); }).catch(function () {});
  }

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) return;
    tick();
    if (board && board !== shown && !frame) frame = requestAnimationFrame(paint);
  });

  setInterval(tick, 1000);
  setInterval(watchSilence, 5000);
  tick();
  // Dash must have drawn before there is something to change.
  document.addEventListener("caudal:drawn", function () { tick(); if (board) take(board); });
  // The stream's first word says whether there is anything to fetch; where streams are held back, polling begins.
  if (facts.live) follow();
  else fetchBoard().catch(function () {});
  setTimeout(function () { if (!board) fetchBoard().catch(function () {}); }, 4000);

  window.caudal = {
    board: function () { return board; }, shown: function () { return shown; }, state: state, domainNow: domainNow
  };
})();
