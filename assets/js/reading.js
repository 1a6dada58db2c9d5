/* Reads the cumulative curves: where the pointer or the arrow keys stand, queue and wait are drawn and said. */
(function () {
  "use strict";
  var SVG = "http://www.w3.org/2000/svg";
  var told = window.caudalTold, age = window.caudalAge;
  if (!told || !age) return;
  var at = {}; // by the id of its words: the moment that is read, or nothing

  function box(node) { return node && node.closest ? node.closest("[data-reading]") : null; }

  function plotOf(place) { return place.querySelector(".js-plotly-plot"); }

  function readingOf(place) {
    var plot = plotOf(place), meta = plot && plot.layout && plot.layout.meta;
    return meta && meta.reading && plot._fullLayout && plot._fullLayout.xaxis ? meta.reading : null;
  }

  function words(says) {
    var found = {};
    ["whole", "carried", "least", "queue", "counts", "gap"].forEach(function (name) {
      found[name] = says.getAttribute("data-" + name);
    });
    return found;
  }

  function read(place, moment) {
    var name = place.getAttribute("data-reading"), reading = readingOf(place);
    var says = document.querySelector("#" + CSS.escape(name) + " .reading-says");
    var n = reading && moment ? reading.at.indexOf(moment) : -1;
    at[name] = n < 0 ? null : moment;
    if (says) age.say(says, n < 0 ? says.getAttribute("data-hint") : told.curves(reading, n, words(says)));
    draw(place, reading, n);
  }

  function lines(place) {
    var svg = place.querySelector(".reading-lines");
    if (svg) return svg;
    svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "reading-lines");
    svg.setAttribute("aria-hidden", "true");
    ["moment", "queue", "wait"].forEach(function (name) {
      var line = document.createElementNS(SVG, "line");
      line.setAttribute("class", name);
      svg.appendChild(line);
    });
    place.appendChild(svg);
    plotOf(place).on("plotly_afterplot", function () { read(place, at[place.getAttribute("data-reading")]); });
    return svg;
  }

  function line(svg, name, ends) {
    var drawn = svg.querySelector("." + name);
    drawn.style.display = ends ? "" : "none";
    if (ends) ["x1", "y1", "x2", "y2"].forEach(function (end, n) { drawn.setAttribute(end, ends[n]); });
  }

  // Height between the curves, and at the height of who is served the width back to when they came.
  function draw(place, reading, n) {
    if (n < 0 && !place.querySelector(".reading-lines")) return;
    var svg = lines(place), full = plotOf(place)._fullLayout, x = full.xaxis, y = full.yaxis;
    if (n < 0) return ["moment", "queue", "wait"].forEach(function (name) { line(svg, name, null); });
    var came = reading.arrivals[n], went = reading.served[n], waited = reading.waited[n];
    var left = x._offset, here = left + x.d2p(reading.at[n]);
    function height(people) { return y._offset + y.d2p(people); }
    line(svg, "moment", [here, y._offset, here, y._offset + y._length]);
    var queue = came !== null && went !== null && reading.waiting[n] !== null;
    line(svg, "queue", queue ? [here, height(went), here, height(came)] : null);
    var back = waited === null ? null : left + x.l2p(x.d2l(reading.at[n]) - waited * 60000);
    line(svg, "wait", queue && back !== null ? [Math.max(left, back), height(went), here, height(went)] : null);
  }

  function nearest(place, event) {
    var reading = readingOf(place);
    if (!reading) return null;
    var plot = plotOf(place), x = plot._fullLayout.xaxis;
    var asked = x.p2l(event.clientX - plot.getBoundingClientRect().left - x._offset);
    var best = null, gap = Infinity;
    reading.at.forEach(function (moment) {
      var apart = Math.abs(x.d2l(moment) - asked);
      if (apart < gap) { gap = apart; best = moment; }
    });
    return best;
  }

  function onPointer(event) {
    var place = box(event.target);
    if (!place) return;
    var moment = nearest(place, event);
    if (moment && moment !== at[place.getAttribute("data-reading")]) read(place, moment);
  }

  document.addEventListener("pointermove", onPointer, { passive: true });
  document.addEventListener("pointerdown", onPointer, { passive: true });
  document.addEventListener("pointerout", function (event) {
    var place = box(event.target);
    if (place && box(event.relatedTarget) !== place && document.activeElement !== place) read(place, null);
  });
  document.addEventListener("focusin", function (event) {
    var place = box(event.target), reading = place === event.target && readingOf(place);
    if (reading && !at[place.getAttribute("data-reading")]) read(place, reading.at[reading.at.length - 1]);
  });
  document.addEventListener("focusout", function (event) {
    var place = box(event.target);
    if (place && place === event.target) read(place, null);
  });
  document.addEventListener("keydown", function (event) {
    var place = box(event.target), reading = place === event.target && readingOf(place);
    if (!reading || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") return read(place, null);
    var n = reading.at.indexOf(at[place.getAttribute("data-reading")]);
    var to = told.step(reading, n < 0 ? reading.at.length - 1 : n, event.key, event.shiftKey);
    if (to === null) return;
    event.preventDefault();
    read(place, reading.at[to]);
  });
  window.addEventListener("resize", function () {
    age.each("[data-reading]", function (place) { read(place, at[place.getAttribute("data-reading")]); });
  });
})();
