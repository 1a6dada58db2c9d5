/* The form of a shift: what is typed is kept at every key, queued with one tap, and listed with its fate. */
(function () {
  "use strict";
  var facts = JSON.parse(document.getElementById("caudal-form").textContent);
  var words = facts.words, queue = window.caudalQueue;
  var form = document.getElementById("report"), list = document.getElementById("sent-list");
  var NUMBERS = form.querySelectorAll("input[inputmode]");
  var draft = null;      // {key, holder, values, typed, savedAt, corrects}
  var sample = null;     // the server's clock beside this phone's
  var attempt = 0, timer = null;

  function byId(id) { return document.getElementById(id); }
  function field(name) { return form.elements[name]; }
  function each(nodes, act) { Array.prototype.forEach.call(nodes, act); }
  function say(text, given) {
    return text.replace(/\{(\w+)\}/g, function (_, name) { return given[name]; });
  }
  function show(id, text) { var place = byId(id); place.hidden = !text; if (text) place.textContent = text; }

  // Time: the site's, by the server's clock as far as it is known.

  function now() {
    var at = Date.now();
    return sample ? sample.now + (at - sample.at) * sample.speed : at;
  }

  function site() {
    return facts.sites.filter(function (one) { return one.site === field("site").value; })[0] || facts.sites[0];
  }

  function local(moment) {
    var parts = {};
    new Intl.DateTimeFormat("en-GB", { timeZone: site().zone, hourCycle: "h23", year: "numeric", month: "2-digit",
      day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(new Date(moment)).forEach(function (part) {
      parts[part.type] = part.value;
    });
    return { day: parts.year + "-" + parts.month + "-" + parts.day, hour: Number(parts.hour), minute: parts.minute };
  }

  function two(number) { return (number < 10 ? "0" : "") + number; }
  // Whole local hours from the start of a local day; before it and after it too.
  function wall(day, hour) {
    var at = new Date(Date.parse(day + "T00:00Z") + hour * 3600000);
    return at.toISOString().slice(0, 16);
  }

  function span(name) {
    var here = local(now());
    if (name === "hour") return [wall(here.day, here.hour), wall(here.day, here.hour + 1)];
    if (name === "before") return [wall(here.day, here.hour - 1), wall(here.day, here.hour)];
    var first = here.hour >= 22 ? 22 : here.hour >= 14 ? 14 : here.hour >= 6 ? 6 : -2; // the night shift began yesterday
    return [wall(here.day, first), wall(here.day, first + 8)];
  }

  function kind() { return field("kind").value; }

  function periods() {
    if (field("span").value !== "other") {
      var both = span(field("span").value);
      field("start").value = both[0];
      field("end").value = both[1];
    }
    var here = local(now());
    field("at").value = here.day + "T" + two(here.hour) + ":" + here.minute;
    sayPeriod();
  }

  // The usual periods are said in words; their fields show for whoever chooses another.
  function sayPeriod() {
    var other = field("span").value === "other", timed = kind() === "flow" || kind() === "service";
    byId("period-fields").hidden = !other;
    var day = new Intl.DateTimeFormat(facts.lang, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" });
    var start = field("start").value, end = field("end").value;
    show("period", other || !timed || !start ? "" : day.format(new Date(start + "Z")) + ", " + start.slice(11) + "–" + end.slice(11));
  }

  // Fields of the chosen kind and site.

  function arrange() {
    each(form.querySelectorAll("[data-for]"), function (part) {
      part.hidden = part.getAttribute("data-for").split(" ").indexOf(kind()) < 0;
    });
    fill(field("stage"), site().stages, site().entry);
    fill(field("service"), site().services);
  }

  function fill(place, choices, usual) {
    var had = place.value;
    place.textContent = "";
    choices.forEach(function (one) {
      var into = place;
      if (one.choices) {
        into = document.createElement("optgroup");
        into.label = one.label;
        place.appendChild(into);
      }
      (one.choices || [one]).forEach(function (choice) { into.appendChild(new Option(choice.label, choice.value)); });
    });
    if (had || usual) place.value = had || usual;
    if (place.selectedIndex < 0 && usual) place.value = usual;
    if (place.selectedIndex < 0) place.selectedIndex = 0;
  }

  function figures() {
    return Array.prototype.some.call(NUMBERS, function (input) { return input.value.trim() !== ""; });
  }

  // The draft.

  function values() {
    var found = {};
    each(form.elements, function (one) {
      if (!one.name || (one.type === "radio" && !one.checked)) return;
      found[one.name] = one.type === "checkbox" ? one.checked : one.value;
    });
    return found;
  }

  function put(found) {
    if (found.kind) field("kind").value = found.kind;
    if (found.site) field("site").value = found.site;
    arrange();
    Object.keys(found).forEach(function (name) {
      var one = field(name);
      if (!one || name === "kind") return;
      if (one.type === "checkbox") one.checked = found[name];
      else one.value = found[name];
    });
    sayPeriod();
  }

  function typed() {
    if (!draft.typed && figures()) draft.typed = true;
    draft.values = values();
    draft.savedAt = Date.now();
    return queue.put("drafts", draft).catch(function () { show("storage", words.no_storage); });
  }

  function fresh(keep) {
    draft = { key: queue.newKey(), holder: facts.holder, values: {}, typed: false, savedAt: Date.now(), corrects: null };
    each(NUMBERS, function (input) { input.value = ""; });
    field("at_least").checked = false;
    show("correcting", "");
    if (!keep) field("span").value = kind() === "service" ? "shift" : "hour";
    arrange();
    periods();
  }

  // A draft belongs to one tab at a time, so that two tabs never share a key.
  function claim(key) {
    if (!navigator.locks) return Promise.resolve(true);
    return new Promise(function (known) {
      navigator.locks.request("caudal-draft-" + key, { ifAvailable: true }, function (lock) {
        known(!!lock);
        return lock ? new Promise(function () {}) : undefined;
      });
    });
  }

  function takeUp() {
    return queue.all("drafts").then(function (found) {
      found = found.filter(function (one) { return one.holder === facts.holder && one.typed; });
      found.sort(function (a, b) { return b.savedAt - a.savedAt; });
      return found.reduce(function (before, one) {
        return before.then(function (taken) {
          return taken || claim(one.key).then(function (free) { return free ? one : null; });
        });
      }, Promise.resolve(null));
    }).then(function (one) {
      if (!one) {
        return queue.all("meta").then(function (found) {
          fresh();
          put((found.filter(function (meta) { return meta.name === "last " + facts.holder; })[0] || {}).values || {});
          fresh();
          return claim(draft.key);
        });
      }
      draft = one;
      put(one.values);
      show("correcting", one.corrects ? words.correcting : "");
    });
  }

  // Checking and queueing.

  function wrong(input, text) {
    each(form.querySelectorAll(".wrong"), function (old) { old.remove(); });
    if (!input) return true;
    var told = document.createElement("p");
    told.className = "wrong";
    told.setAttribute("role", "alert");
    told.textContent = text;
    input.closest("label").after(told);
    input.focus();
    return false;
  }

  function shownNumbers() {
    return Array.prototype.filter.call(NUMBERS, function (input) { return !input.closest("[hidden]"); });
  }

  function checked() {
    var bad = shownNumbers().filter(function (input) { return !/^\s*\d{0,7}\s*$/.test(input.value); })[0];
    if (bad) return wrong(bad, words.not_a_number);
    if (!shownNumbers().some(function (input) { return input.value.trim(); })) {
      return wrong(shownNumbers()[0], words.no_figure);
    }
    if (!field("source").value) return wrong(field("source"), words.no_source);
    var timed = kind() === "flow" || kind() === "service";
    if (timed && !(field("start").value && field("end").value)) return wrong(field("start"), words.no_time);
    if (timed && field("end").value <= field("start").value) return wrong(field("end"), words.end_first);
    if (!timed && !field("at").value) return wrong(field("at"), words.no_time);
    if (kind() === "service" && !field("organisation").value.trim()) {
      return wrong(field("organisation"), words.no_organisation);
    }
    return wrong(null);
  }

  function number(name) {
    var text = field(name).value.trim();
    return text === "" ? null : Number(text);
  }

  function rows() {
    var base = { site: site().site };
    if (kind() === "flow") {
      return ["arrivals", "served", "left"].filter(function (one) { return number(one) !== null; }).map(function (one) {
        return { site: base.site, stage: field("stage").value, measure: one, start: field("start").value,
          end: field("end").value, people: number(one) };
      });
    }
    if (kind() === "queue") {
      return [{ site: base.site, stage: field("stage").value, lane: field("lane").value, at: field("at").value,
        waiting: number("waiting"), counters_open: number("counters_open"), ticket_issued: number("ticket_issued"),
        ticket_served: number("ticket_served"), at_least: field("at_least").checked }];
    }
    if (kind() === "present") {
      return [{ site: base.site, at: field("at").value, people: number("present"), at_least: field("at_least").checked }];
    }
    return [{ site: base.site, organisation: field("organisation").value.trim(), sector: field("service").value.split("/")[0],
      service: field("service").value.split("/")[1], start: field("start").value, end: field("end").value,
      people: number("people"), quantity: number("quantity"), unit: field("unit").value.trim() }];
  }

  function chosenText(name) { return field(name).selectedOptions[0] ? field(name).selectedOptions[0].textContent : ""; }

  function summary() {
    var timed = kind() === "flow" || kind() === "service";
    var when = timed ? field("start").value.replace("T", " ") + "–" + field("end").value.slice(11)
      : field("at").value.replace("T", " ");
    var what = kind() === "service" ? chosenText("service") : kind() === "present" ? "" : chosenText("stage");
    var told = shownNumbers().filter(function (input) { return input.value.trim(); }).map(function (input) {
      var least = field("at_least").checked && /^(waiting|present)$/.test(input.name) ? "≥" : "";
      return input.closest("label").querySelector("span").textContent + ": " + least + input.value.trim();
    });
    return { head: [words.kinds[kind()], what, when].filter(Boolean).join(" · "), figures: told.join(", ") };
  }

  var saving = false;

  function submit(event) {
    event.preventDefault();
    if (saving || !checked()) return;
    saving = true;
    var entry = { key: draft.key, holder: facts.holder, dataset: kind(), source: field("source").value, rows: rows(),
      summary: summary(), values: values(), typedAt: Date.now(), state: "queued", corrects: draft.corrects,
      lang: facts.lang, body: null, issued: null, report: null, reasons: [] };
    queue.queue(entry).then(function () {
      if (entry.corrects) return superseded(entry.corrects);
    }, function () {
      return queue.all("entries").then(function (known) {
        // Already in the queue by an earlier tap; otherwise nothing could be kept, and the figures stay in the form.
        if (!known.some(function (one) { return one.key === entry.key; })) throw new Error("not kept");
      });
    }).then(function () {
      var last = { kind: kind(), site: site().site, source: field("source").value, stage: field("stage").value };
      queue.put("meta", { name: "last " + facts.holder, values: last });
      fresh(true);
      claim(draft.key);
      attempt = 0;
      listAll();
      sendSoon(0);
      askForSync();
      byId("sent").scrollIntoView({ block: "nearest" });
    }).catch(function () { show("storage", words.no_storage); }).then(function () { saving = false; });
  }

  function superseded(key) {
    return queue.all("entries").then(function (found) {
      var one = found.filter(function (each) { return each.key === key; })[0];
      if (!one || one.state !== "rejected") return;
      one.corrected = true;
      return queue.put("entries", one);
    });
  }

  function askForSync() {
    if (!navigator.serviceWorker) return;
    navigator.serviceWorker.ready.then(function (registered) {
      if (registered.sync) return registered.sync.register("caudal-form");
    }).catch(function () {});
  }

  // Sending.

  function sendSoon(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(function () {
      queue.sendAll().then(function (done) {
        told(done);
        if (done.waiting && (done.state === "offline" || done.state === "busy")) sendSoon(queue.waitMs(attempt++));
        if (done.state === "online") attempt = 0;
        listAll();
      }, function () { sendSoon(queue.waitMs(attempt++)); });
    }, milliseconds);
  }

  function told(done) {
    if (done.state === "busy") return;
    document.body.setAttribute("data-net", done.state);
    byId("net").textContent = words.net[done.state === "other" ? "signed-out" : done.state] || "";
    var mine = !done.holder || done.holder === facts.holder;
    byId("signin").hidden = !(done.state === "signed-out" || done.state === "other" || !mine);
    if (done.clock) {
      sample = done.clock;
      clockSays();
      if (!draft.typed && !figures()) periods();
    }
  }

  function clockSays() {
    var minutes = Math.round(Math.abs(sample.skew) / 60000);
    if (minutes < 2) return show("clock", "");
    var off = minutes < 60 ? minutes + " min" : Math.floor(minutes / 60) + " h " + two(minutes % 60) + " min";
    show("clock", say(sample.skew > 0 ? words.clock_ahead : words.clock_behind, { off: off }));
  }

  // The list.

  function listAll() {
    return queue.all("entries").then(function (found) {
      var mine = found.filter(function (one) { return one.holder === facts.holder; });
      var others = found.filter(function (one) { return one.holder !== facts.holder && one.state === "queued"; }).length;
      show("others", others ? say(others === 1 ? words.others_one : words.others_other, { count: others }) : "");
      mine.sort(function (a, b) { return b.typedAt - a.typedAt; });
      list.textContent = "";
      mine.forEach(function (one) { list.appendChild(item(one)); });
      byId("none").hidden = mine.length > 0;
    });
  }

  function made(tag, className, text) {
    var node = document.createElement(tag);
    node.className = className;
    if (text) node.textContent = text;
    return node;
  }

  function item(one) {
    var node = made("li", "entry entry-" + one.state);
    node.setAttribute("data-state", one.state);
    node.setAttribute("data-key", one.key);
    var state = one.corrected ? words.states.corrected : words.states[one.state];
    node.appendChild(made("span", "entry-state", state + (one.report ? " · " + say(words.report, { report: one.report }) : "")));
    node.appendChild(made("b", "entry-head", one.summary.head));
    node.appendChild(made("span", "entry-figures", one.summary.figures));
    (one.reasons || []).forEach(function (reason) { node.appendChild(made("p", "entry-reason", reason)); });
    var acts = made("div", "entry-acts");
    acts.appendChild(act(words.correct, function () { correct(one); }));
    if (one.state !== "queued") acts.appendChild(act(words.remove, function () { dropped(one); }));
    node.appendChild(acts);
    return node;
  }

  function act(text, done) {
    var node = made("button", "small", text);
    node.type = "button";
    node.addEventListener("click", done);
    return node;
  }

  // A correction is an entry of its own, written later; what was sent stays as it was.
  function correct(one) {
    var before = figures() ? typed() : queue.remove("drafts", draft.key);
    before.then(function () {
      fresh();
      claim(draft.key);
      put(one.values);
      field("span").value = "other";
      sayPeriod();
      draft.corrects = one.key;
      draft.typed = true;
      show("correcting", words.correcting);
      form.scrollIntoView();
      return typed();
    });
  }

  function dropped(one) {
    var sure = one.state === "rejected" && !one.corrected ? window.confirm(words.remove_sure) : true;
    if (sure) queue.remove("entries", one.key).then(listAll);
  }

  // Setting up.

  form.addEventListener("submit", submit);
  form.addEventListener("input", typed);
  form.addEventListener("change", function (event) {
    var name = event.target.name;
    if (name === "start" || name === "end") field("span").value = "other";
    if (name === "kind" && !figures()) field("span").value = kind() === "service" ? "shift" : "hour";
    if (name === "kind" || name === "site") arrange();
    sayPeriod();
    if (name === "span" || ((name === "kind" || name === "site") && !figures())) periods();
    typed();
  });
  ["online", "focus"].forEach(function (name) { window.addEventListener(name, function () { attempt = 0; sendSoon(0); }); });
  window.addEventListener("offline", function () { told({ state: "offline" }); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) sendSoon(0); });
  queue.listen(listAll);
  // A form that lies open shows the running hour, until somebody types.
  setInterval(function () { if (draft && !figures()) periods(); }, 30000);

  queue.clock().then(function (found) {
    sample = found;
    return takeUp();
  }).then(function () {
    document.body.setAttribute("data-ready", "true");
    queue.kept().then(function (good) { if (!good) show("storage", words.no_storage); });
    listAll();
    sendSoon(0);
  });
  if (navigator.serviceWorker) navigator.serviceWorker.register(facts.worker, { scope: "/reports/form" }).catch(function () {});
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(function () {});
})();
