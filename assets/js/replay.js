/* Moves a page of the past through its day: asks for the board as of the next moment, one question at a time, at the
   pace somebody chose. Slow answers make the steps larger, never the day longer. */
(function () {
  "use strict";
  var page = document.getElementById("caudal-page");
  if (!page || !window.caudal) return;
  var facts = JSON.parse(page.textContent);
  var run = facts.replay;
  if (!run) return;
  var age = window.caudalAge;

  var MINUTE = 60000, ANSWER_MS = 60000, TICK_MS = 200;
  var from = Date.parse(run.from), until = Date.parse(run.until);
  var moment = from;        // where the day stands; the board on screen may be behind it
  var shown = from;
  var speed = run.speed;
  var paused = false, asking = false, wrong = false, began = false;
  var last = age.mark();
  var format = new Intl.DateTimeFormat("sv-SE", { timeZone: facts.zone, dateStyle: "short", timeStyle: "short" });
  var clock = new Intl.DateTimeFormat("es", { timeZone: facts.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  function bar() { return document.querySelector(".replay-bar"); }
  function whole(at) { return Math.floor(at / MINUTE) * MINUTE; }
  function ended() { return shown >= until; }

  function tick() {
    var gone = age.since(last);
    last = age.mark();
    // The day begins to move once its first moment is on screen.
    if (!began) { began = window.caudal.shown() !== null; return say(); }
    if (!paused && !document.hidden) moment = Math.min(until, moment + gone * speed);
    if (!asking && whole(moment) !== shown) ask(whole(moment));
    if (ended() && !paused) { paused = true; keep(); }
    say();
  }

  function ask(at) {
    asking = true;
    var controller = new AbortController();
    var limit = setTimeout(function () { controller.abort(); }, ANSWER_MS);
    var address = new URL(facts.board, location.href);
    address.searchParams.set("as_of", new Date(at).toISOString().replace(".000Z", "+00:00"));
    fetch(address, { signal: controller.signal, cache: "no-store" })
      .then(function (answer) {
        if (answer.status === 401 || answer.status === 403) location.reload();
        if (!answer.ok) throw new Error("board: " + answer.status);
        return answer.json();
      })
      .then(function (board) {
        wrong = false;
        shown = at;
        age.setClock(board.clock.now, 0);
        window.caudal.show(board);
      })
      .catch(function () { wrong = true; return new Promise(function (go) { setTimeout(go, 2000); }); })
      .then(function () { clearTimeout(limit); asking = false; });
  }

  function say() {
    var place = bar();
    if (!place) return;
    place.hidden = false;
    // Whoever draws the page anew draws it without this.
    var root = document.getElementById("caudal");
    if (!root.hasAttribute("data-replay")) root.setAttribute("data-replay", facts.words.replay.stamp);
    var words = facts.words.replay;
    age.say(place.querySelector(".replay-clock"), format.format(shown));
    var says = wrong ? words.unreachable
      : ended() ? words.ended
      : asking && moment - shown > 2 * speed * 1000 ? words.loading.replace("{at}", clock.format(whole(moment)))
      : paused ? words.paused : "";
    age.say(place.querySelector(".replay-says"), says);
    age.say(place.querySelector("[data-replay=pause]"), paused ? words.resume : words.pause);
    Array.prototype.forEach.call(place.querySelectorAll("[data-replay^=speed-]"), function (button) {
      var chosen = button.getAttribute("data-replay") === "speed-" + speed;
      if (button.getAttribute("aria-pressed") !== String(chosen)) button.setAttribute("aria-pressed", String(chosen));
    });
  }

  // The address says where the day stands and how fast it runs.
  function keep() {
    var address = new URL(location.href);
    address.searchParams.set("replay", format.format(whole(moment)).replace(" ", "T"));
    address.searchParams.set("speed", String(speed));
    address.searchParams.delete("as_of");
    history.replaceState(history.state, "", address);
  }

  function pause() {
    if (ended() && paused) return;
    paused = !paused;
    keep();
    tick();
  }

  function step(minutes) {
    paused = true;
    moment = Math.max(Date.parse(run.first), Math.min(until, whole(moment) + minutes * MINUTE));
    keep();
    tick();
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-replay]");
    var name = button && button.tagName === "BUTTON" && button.getAttribute("data-replay");
    if (!name) return;
    if (name === "pause") pause();
    else if (name === "back") step(-5);
    else if (name === "forth") step(5);
    else { speed = Number(name.slice("speed-".length)); keep(); say(); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea, summary, a, .reading-box, .table-scroll")) return;
    if (event.key === " " && event.target.tagName !== "BUTTON") { event.preventDefault(); pause(); }
    if (event.key === "ArrowRight") { event.preventDefault(); step(event.shiftKey ? 60 : 5); }
    if (event.key === "ArrowLeft") { event.preventDefault(); step(event.shiftKey ? -60 : -5); }
  });

  setInterval(tick, TICK_MS);
})();
