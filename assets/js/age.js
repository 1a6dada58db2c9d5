/* The domain clock and the ages: counted on by the browser, with the server or without. */
(function () {
  "use strict";
  var page = document.getElementById("caudal-page");
  if (!page) return;
  var facts = JSON.parse(page.textContent);

  // Time gone by since a mark, ms. A machine's clock may be set back and its timer may sleep with it: whichever of the
  // two says more counts, so that nothing looks younger than it is.
  function mark() { return { timer: performance.now(), date: Date.now() }; }
  function since(mark) { return Math.max(performance.now() - mark.timer, Date.now() - mark.date); }

  // A document that the browser brought back from an earlier day began to age when it was sent.
  var sent = mark();
  if (Date.now() - Date.parse(facts.sent) > 60000) sent.date = Date.parse(facts.sent);
  var clock = { now: Date.parse(facts.now), at: sent, speed: facts.speed };

  // What the server said, counted on at its speed.
  function domainNow() { return clock.now + since(clock.at) * clock.speed; }

  function setClock(now, speed) {
    var moment = Date.parse(now);
    if (!isNaN(moment)) clock = { now: moment, at: mark(), speed: isNaN(Number(speed)) ? 1 : Number(speed) };
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
    var rest = minutes % 60;
    if (hours < 48) return fill(rest ? words.hours : words.whole_hours, { h: hours, m: (rest < 10 ? "0" : "") + rest });
    return fill(words.days, { d: Math.floor(hours / 24), h: hours % 24 });
  }

  function say(element, text) { if (element.textContent !== text) element.textContent = text; }

  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  // A source turns late and then silent at its deadlines, whether or not the server is there to say so.
  function freshen(element, now) {
    var late = Date.parse(element.getAttribute("data-late")), silent = Date.parse(element.getAttribute("data-silent"));
    if (isNaN(late)) return;
    var state = now > silent ? "silent" : now > late ? "late" : "fine";
    if (element.getAttribute("data-fresh") !== state) element.setAttribute("data-fresh", state);
    say(element.querySelector(".fresh-word"), facts.words.fresh[state]);
  }

  function tick() {
    var now = domainNow();
    each(".fresh", function (element) { freshen(element, now); });
    each(".countdown", function (element) {
      var words = { left: element.getAttribute("data-left"), holds: element.getAttribute("data-holds") };
      say(element, window.caudalTold.left(element.getAttribute("data-at"), now, words));
    });
    each(".age", function (element) { say(element, ageText(element.getAttribute("data-as-of"), now)); });
    var time = clockFormat.format(now);
    each("#now-clock, .now-clock", function (element) { say(element, time); });
  }

  function localHour() { return Number(hourFormat.format(Date.now())) % 24; }

  window.caudalAge = {
    mark: mark, since: since, tick: tick, setClock: setClock, domainNow: domainNow, localHour: localHour,
    say: say, each: each
  };
})();
