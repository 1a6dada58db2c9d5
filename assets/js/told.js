/* Numbers, durations and sentences as the server tells them; no page is needed, so that a test can ask. */
(function (root) {
  "use strict";
  var GROUP = "\u202f", SPACE = "\u00a0";

  function number(value) { return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, GROUP).replace("-", "\u2212"); }

  function duration(minutes) {
    var whole = Math.round(minutes);
    if (whole < 60) return whole + SPACE + "min";
    var hours = Math.floor(whole / 60), rest = whole % 60;
    if (hours < 48) return hours + SPACE + "h" + (rest ? SPACE + (rest < 10 ? "0" : "") + rest + SPACE + "min" : "");
    return Math.floor(hours / 24) + SPACE + "d" + (hours % 24 ? SPACE + (hours % 24) + SPACE + "h" : "");
  }

  function fill(words, values) {
    return words.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }

  // Until a rule holds; the minute that runs counts whole, so that it says one minute until the very last second.
  function left(at, now, words) {
    var minutes = Math.ceil((Date.parse(at) - now) / 60000);
    return minutes > 0 ? fill(words.left, { left: duration(minutes) }) : words.holds;
  }

  // What the curves say at place `n`; `words` by name, as in layouts/reading.py.
  function curves(reading, n, words) {
    var clock = reading.at[n].slice(11, 16);
    if (n > 0 && clock === "00:00" && n === reading.at.length - 1) clock = "24:00";
    var came = reading.arrivals[n], went = reading.served[n], waiting = reading.waiting[n];
    var values = { at: clock };
    if (came === null || went === null) return fill(words.gap, values);
    values.arrivals = number(came); values.served = number(went);
    if (waiting === null) return fill(words.counts, values);
    values.waiting = number(waiting);
    if (reading.waited[n] === null) return fill(words.queue, values);
    values.joined = reading.joined[n]; values.waited = duration(reading.waited[n]);
    if (reading.carried === null) return fill(words.least, values);
    if (!reading.carried) return fill(words.whole, values);
    values.carried = number(reading.carried);
    return fill(words.carried, values);
  }

  // The place to which a key leads; null where it leads nowhere.
  function step(reading, n, key, shift) {
    var last = reading.at.length - 1, hour = 4;
    var by = { ArrowRight: shift ? hour : 1, ArrowLeft: shift ? -hour : -1, PageDown: hour, PageUp: -hour }[key];
    if (key === "Home") return 0;
    if (key === "End") return last;
    return by === undefined ? null : Math.max(0, Math.min(last, n + by));
  }

  root.number = number; root.duration = duration; root.left = left; root.curves = curves; root.step = step;
})(typeof module === "object" && module.exports ? module.exports : (window.caudalTold = {}));
