/* What was typed on this phone and how it reaches the server. Shared by the page and its service worker.

   An entry gets its idempotency key when its first figure is typed and its bytes when it is first sent, and keeps both:
   however often it is sent, by whichever tab, the server receives it once. */
(function (root) {
  "use strict";
  var NOW = "/reports/form/now", IN = "/api/v1/reports";
  var ANSWER_MS = 20000, FIRST_WAIT_MS = 2000, LONGEST_WAIT_MS = 300000;
  var KEPT_MS = 7 * 86400000, MOST_KEPT = 60;
  var STORES = { entries: "key", drafts: "key", meta: "name" };
  var opened = null, memory = null;

  // The store: IndexedDB, or this page's memory where the browser keeps nothing (kept() then says so).

  function open() {
    if (opened) return opened;
    opened = new Promise(function (good, bad) {
      var asked = root.indexedDB.open("caudal-form", 1);
      asked.onupgradeneeded = function () {
        Object.keys(STORES).forEach(function (name) { asked.result.createObjectStore(name, { keyPath: STORES[name] }); });
      };
      asked.onsuccess = function () {
        asked.result.onversionchange = function () { asked.result.close(); opened = null; };
        good(asked.result);
      };
      asked.onerror = asked.onblocked = function () { bad(asked.error); };
    }).catch(function () {
      memory = memory || { entries: {}, drafts: {}, meta: {} };
      return null;
    });
    return opened;
  }

  function kept() { return open().then(function (db) { return db !== null; }); }

  // One transaction: all of `act` is kept, or nothing of it.
  function change(names, act) {
    return open().then(function (db) {
      if (!db) return act(function (name) { return remembered(name); });
      return new Promise(function (good, bad) {
        var made = db.transaction(names, "readwrite");
        var result = act(function (name) { return made.objectStore(name); });
        made.oncomplete = function () { good(result); };
        made.onerror = made.onabort = function () { bad(made.error); };
      });
    });
  }

  function remembered(name) {
    var kind = STORES[name];
    return {
      put: function (one) { memory[name][one[kind]] = one; },
      add: function (one) { if (memory[name][one[kind]]) throw new Error("known"); memory[name][one[kind]] = one; },
      delete: function (key) { delete memory[name][key]; }
    };
  }

  function all(name) {
    return open().then(function (db) {
      if (!db) return Object.keys(memory[name]).map(function (key) { return memory[name][key]; });
      return new Promise(function (good, bad) {
        var asked = db.transaction(name).objectStore(name).getAll();
        asked.onsuccess = function () { good(asked.result); };
        asked.onerror = function () { bad(asked.error); };
      });
    });
  }

  function put(name, one) { return change([name], function (store) { store(name).put(one); }).then(tell); }
  function remove(name, key) { return change([name], function (store) { store(name).delete(key); }).then(tell); }

  // The draft becomes an entry in one step. A second tap finds the key taken: the entry is queued once.
  function queue(entry) {
    return change(["entries", "drafts"], function (store) {
      store("entries").add(entry);
      store("drafts").delete(entry.key);
    }).then(tell);
  }

  var channel = root.BroadcastChannel ? new root.BroadcastChannel("caudal-form") : null;
  function tell() { if (channel) channel.postMessage("changed"); }
  function listen(act) { if (channel) channel.onmessage = act; }

  function newKey() {
    if (root.crypto.randomUUID) return root.crypto.randomUUID();
    return Array.prototype.map.call(root.crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return ("0" + byte.toString(16)).slice(-2);
    }).join("");
  }

  // The server.

  function ask(address, options) {
    var controller = new AbortController();
    var limit = setTimeout(function () { controller.abort(); }, ANSWER_MS);
    options = Object.assign({ signal: controller.signal, cache: "no-store", credentials: "same-origin" }, options);
    return root.fetch(address, options).then(function (answer) {
      // A gate of somebody else's network answers too, in HTML.
      if (!/json/.test(answer.headers.get("Content-Type") || "")) throw new Error("not ours");
      return answer.json().then(function (said) { return { status: answer.status, said: said, headers: answer.headers }; });
    }).finally(function () { clearTimeout(limit); });
  }

  // Who is signed in, what time it is there, and how far this phone's clock is from it.
  function probe() {
    return ask(NOW).then(function (answer) {
      if (answer.status === 401 || answer.status === 403) return { state: "signed-out" };
      if (answer.status !== 200 || !answer.said.holder) return { state: "offline" };
      var at = Date.now(), date = Date.parse(answer.headers.get("Date") || "");
      var sample = { name: "clock", at: at, now: Date.parse(answer.said.now), speed: answer.said.speed,
        skew: isNaN(date) ? 0 : at - date };
      return put("meta", sample).then(function () {
        return { state: "online", holder: answer.said.holder, clock: sample };
      });
    }).catch(function () { return { state: "offline" }; });
  }

  function clock() {
    return all("meta").then(function (found) {
      return found.filter(function (one) { return one.name === "clock"; })[0] || null;
    });
  }

  // When it was written, by the server's clock: the phone's is trusted for how long ago, not for what time it was.
  function issuedAt(entry, sample, entries) {
    var ago = Math.max(0, Date.now() - entry.typedAt) * sample.speed;
    var issued = sample.now + (Date.now() - sample.at) * sample.speed - ago;
    var corrected = entries.filter(function (one) { return one.key === entry.corrects; })[0];
    if (corrected && corrected.issued) issued = Math.max(issued, corrected.issued + 1000);
    return Math.floor(issued / 1000) * 1000;
  }

  function frozen(entry, sample, entries) {
    if (entry.body) return Promise.resolve(entry);
    entry.issued = issuedAt(entry, sample, entries);
    var issued = new Date(entry.issued).toISOString().replace(".000Z", "Z");
    entry.body = JSON.stringify(entry.rows.map(function (row) { return Object.assign({}, row, { issued_at: issued }); }));
    return put("entries", entry).then(function () { return entry; });
  }

  function sendOne(entry) {
    var address = IN + "?" + new URLSearchParams({ dataset: entry.dataset, source: entry.source, lang: entry.lang });
    var headers = { "Content-Type": "application/json", "Idempotency-Key": entry.key, "Caudal-Account": entry.holder,
      "X-Filename": "formulario.json" };
    return ask(address, { method: "POST", body: entry.body, headers: headers }).then(function (answer) {
      return settled(entry, answer);
    });
  }

  // "sent", "already" and "rejected" are final; anything else is tried again.
  function settled(entry, answer) {
    var said = answer.said;
    if (answer.status === 401) return "signed-out";
    if (answer.status === 409 && said.error === "other_account") return "other";
    if (answer.status >= 500 || answer.status === 429) throw new Error("server: " + answer.status);
    entry.report = said.report || null;
    entry.answeredAt = Date.now();
    entry.reasons = (said.issues || []).map(function (issue) { return issue.message; });
    if (said.error) entry.reasons = [said.message];
    // A refused report that comes again is known too: what matters first is whether its figures count.
    var counts = (answer.status === 200 || answer.status === 201) && said.state !== "refused" && !said.rejected;
    entry.state = !counts ? "rejected" : said.already_received ? "already" : "sent";
    return put("entries", entry).then(function () { return entry.state; });
  }

  function alone(act) {
    if (!root.navigator.locks) return act();
    return root.navigator.locks.request("caudal-form-send", { ifAvailable: true }, function (lock) {
      return lock ? act() : { state: "busy", waiting: 1 };
    });
  }

  // Sends what waits, oldest first, for whoever is signed in. Answers {state, holder, waiting}.
  function sendAll() {
    return alone(function () {
      return all("entries").then(function (entries) {
        var waits = entries.filter(function (one) { return one.state === "queued"; });
        return probe().then(function (found) {
          if (found.state !== "online") return { state: found.state, waiting: waits.length };
          waits = waits.filter(function (one) { return one.holder === found.holder; });
          waits.sort(function (a, b) { return a.typedAt - b.typedAt; });
          var stopped = null;
          return waits.reduce(function (before, entry) {
            return before.then(function () {
              if (stopped) return;
              return frozen(entry, found.clock, entries).then(sendOne).then(function (how) {
                if (how === "signed-out" || how === "other") stopped = how;
              }, function () { stopped = "offline"; });
            });
          }, Promise.resolve()).then(prune).then(function () {
            return all("entries");
          }).then(function (left) {
            var waiting = left.filter(function (one) { return one.state === "queued" && one.holder === found.holder; });
            return { state: stopped || "online", holder: found.holder, clock: found.clock, waiting: waiting.length };
          });
        });
      });
    });
  }

  // Only what the server has is ever removed by itself.
  function prune() {
    return all("entries").then(function (entries) {
      var done = entries.filter(function (one) { return one.state === "sent" || one.state === "already"; });
      done.sort(function (a, b) { return b.typedAt - a.typedAt; });
      var old = done.filter(function (one, place) { return place >= MOST_KEPT || Date.now() - one.typedAt > KEPT_MS; });
      return Promise.all(old.map(function (one) { return remove("entries", one.key); }));
    });
  }

  // Many phones come back with the same signal; they do not all send in the same instant.
  function waitMs(attempt) {
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * Math.pow(2, attempt)) * (0.5 + Math.random());
  }

  root.caudalQueue = { all: all, put: put, remove: remove, queue: queue, newKey: newKey, probe: probe, clock: clock,
    sendAll: sendAll, waitMs: waitMs, kept: kept, listen: listen };
})(self);
