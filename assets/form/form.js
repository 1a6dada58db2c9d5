/* The form of a shift: what is typed is kept at every key, queued with one tap, and listed with its fate. */
(function () {
  "use strict";
  var facts = JSON.parse(document.getElementById("caudal-form").textContent);
  var words = facts.words, queue = window.caudalQueue, moments = window.caudalMoments;
  var form = document.getElementById("report"), list = document.getElementById("sent-list");
  var NUMBERS = form.querySelectorAll("input[inputmode]");
  var draft = null;      // {key, holder, values, typed, savedAt, corrects}
  var sample = null;     // the server's clock beside this phone's

  function byId(id) { return document.getElementById(id); }
  function field(name) { return form.elements[name]; }
  function each(nodes, act) { Array.prototype.forEach.call(nodes, act); }
  function show(id, text) { var place = byId(id); place.hidden = !text; if (text) place.textContent = text; }

  // Time: the site's, by the server's clock as far as it is known.

  function now() {
    var at = Date.now();
    return sample ? sample.now + (at - sample.at) * sample.speed : at;
  }

  function site() {
    return facts.sites.filter(function (one) { return one.site === field("site").value; })[0] || facts.sites[0];
  }

  function kind() { return field("kind").value; }

  var typedIn = window.caudalTyped(form, words, site);

  function periods() {
    if (field("span").value !== "other") {
      var both = moments.span(field("span").value, now(), site().zone, site().shifts);
      field("start").value = both[0];
      field("end").value = both[1];
    }
    field("at").value = moments.at(now(), site().zone);
    sayPeriod();
  }

  // The usual periods are said in words; their fields show for whoever chooses another.
  function sayPeriod() {
    var other = field("span").value === "other", timed = kind() === "flow" || kind() === "service";
    byId("period-fields").hidden = !other;
    var start = field("start").value, end = field("end").value;
    show("period", other || !timed || !start ? "" : moments.said(start, end, facts.lang));
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

  // The draft.

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
    if (!draft.typed && typedIn.figures()) draft.typed = true;
    draft.values = typedIn.values();
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

  // Queueing.

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

  function checked() {
    var fault = typedIn.fault();
    return fault ? wrong(fault.field, words[fault.word]) : wrong(null);
  }

  var saving = false;

  function submit(event) {
    event.preventDefault();
    if (saving || !checked()) return;
    saving = true;
    var entry = { key: draft.key, holder: facts.holder, dataset: kind(), source: field("source").value, rows: typedIn.rows(),
      summary: typedIn.summary(), values: typedIn.values(), typedAt: Date.now(), state: "queued", corrects: draft.corrects,
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
      listAll();
      net.now();
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

  // The list.

  function listAll() {
    return queue.all("entries").then(function (found) {
      var counted = window.caudalListed(list, found, facts.holder, words, { correct: correct, remove: dropped });
      var says = counted.others === 1 ? words.others_one : words.others_other;
      show("others", counted.others ? says.replace("{count}", counted.others) : "");
      byId("none").hidden = counted.mine > 0;
    });
  }

  // A correction is an entry of its own, written later; what was sent stays as it was.
  function correct(one) {
    var before = typedIn.figures() ? typed() : queue.remove("drafts", draft.key);
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

  var net = window.caudalNet(facts, function (clock) {
    sample = clock;
    if (!draft.typed && !typedIn.figures()) periods();
  }, listAll);

  form.addEventListener("submit", submit);
  form.addEventListener("input", typed);
  form.addEventListener("change", function (event) {
    var name = event.target.name;
    if (name === "start" || name === "end") field("span").value = "other";
    if (name === "kind" && !typedIn.figures()) field("span").value = kind() === "service" ? "shift" : "hour";
    if (name === "kind" || name === "site") arrange();
    sayPeriod();
    if (name === "span" || ((name === "kind" || name === "site") && !typedIn.figures())) periods();
    typed();
  });
  queue.listen(listAll);
  // A form that lies open shows the running hour, until somebody types.
  setInterval(function () { if (draft && !typedIn.figures()) periods(); }, 30000);

  queue.clock().then(function (found) {
    sample = found;
    return takeUp();
  }).then(function () {
    document.body.setAttribute("data-ready", "true");
    queue.kept().then(function (good) { if (!good) show("storage", words.no_storage); });
    listAll();
    net.start();
  });
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(function () {});
})();
