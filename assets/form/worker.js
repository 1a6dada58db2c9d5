/* Keeps the form of a shift usable without a network: its page and its files are held, and what waits is sent when the
   browser says that the network is back. `CAUDAL` (release, files, queue) is written before this by the server. */
(function () {
  "use strict";
  var FILES = "caudal-form-files-" + CAUDAL.release, PAGES = "caudal-form-pages";
  var PAGE = "/reports/form", PATIENCE_MS = 4000;

  self.importScripts(CAUDAL.queue);

  self.addEventListener("install", function (event) {
    event.waitUntil(caches.open(FILES).then(function (cache) { return cache.addAll(CAUDAL.files); })
      .then(function () { return self.skipWaiting(); }));
  });

  self.addEventListener("activate", function (event) {
    event.waitUntil(caches.keys().then(function (names) {
      return Promise.all(names.filter(function (name) {
        return name.indexOf("caudal-form-files-") === 0 && name !== FILES;
      }).map(function (name) { return caches.delete(name); }));
    }).then(function () { return self.clients.claim(); }));
  });

  self.addEventListener("fetch", function (event) {
    var address = new URL(event.request.url);
    if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
    if (event.request.mode === "navigate" && address.pathname === PAGE) event.respondWith(page(event.request));
    else if (CAUDAL.files.indexOf(address.pathname) >= 0) event.respondWith(file(event.request));
  });

  function file(request) {
    return caches.match(request, { ignoreVary: true }).then(function (held) { return held || fetch(request); });
  }

  // The newest page where the network is quick enough, else the one that is held.
  function page(request) {
    return held(request).then(function (known) {
      var fresh = fetch(request).then(function (answer) {
        if (answer.ok && answer.type === "basic") return hold(request, answer.clone()).then(function () { return answer; });
        // A gate of somebody else's network, or a server that is not well: what is held serves better.
        return known && answer.status >= 500 ? known : answer;
      });
      if (!known) return fresh;
      var slow = new Promise(function (good) { setTimeout(function () { good(known.clone()); }, PATIENCE_MS); });
      return Promise.race([fresh.catch(function () { return known.clone(); }), slow]);
    });
  }

  function held(request) {
    return caches.open(PAGES).then(function (cache) {
      return cache.match(request, { ignoreVary: true }).then(function (exact) {
        return exact || cache.match(request, { ignoreVary: true, ignoreSearch: true });
      });
    });
  }

  // Pages of one account at a time: the phone may be shared.
  function hold(request, answer) {
    var whose = answer.headers.get("Caudal-Holder");
    if (!whose) return Promise.resolve();
    return caches.open(PAGES).then(function (cache) {
      return cache.keys().then(function (known) {
        return Promise.all(known.map(function (one) {
          return cache.match(one, { ignoreVary: true }).then(function (had) {
            if (had && had.headers.get("Caudal-Holder") !== whose) return cache.delete(one, { ignoreVary: true });
          });
        }));
      }).then(function () { return cache.put(request, answer); });
    });
  }

  // The first page of all came before this worker: it asks to be held, and hears when it is.
  self.addEventListener("message", function (event) {
    if (!event.data || event.data.hold !== true) return;
    var address = event.source.url;
    event.waitUntil(fetch(address, { credentials: "same-origin" }).then(function (answer) {
      if (answer.ok && !answer.redirected) return hold(new Request(address), answer);
    }).then(function () { return held(new Request(address)); }).then(function (known) {
      if (known) event.source.postMessage({ held: true });
    }));
  });

  self.addEventListener("sync", function (event) {
    if (event.tag !== "caudal-form") return;
    event.waitUntil(self.caudalQueue.sendAll().then(function (done) {
      // The browser tries again by itself, with its own patience.
      if (done.state === "offline" && done.waiting) throw new Error("still offline");
    }));
  });
})();
