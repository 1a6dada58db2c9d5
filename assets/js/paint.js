/* Paints a board: Dash draws figures and headlines and is handed only those that changed; words go in directly. */
(function () {
  "use strict";
  var element = document.getElementById("caudal-look");
  if (!element) return;
  var look = JSON.parse(element.textContent);
  var each = window.caudalAge.each;

  function ready() { return !!document.querySelector("#react-entry-point #caudal") && window.dash_clientside; }

  // The version Dash drew the page from at first.
  function drawnVersion() {
    var panel = document.querySelector("#react-entry-point [data-panel]");
    return panel && panel.getAttribute("data-version");
  }

  // `old`: what is on screen, or null when that is not known.
  function paint(board, old) {
    old = old || { kpis: {}, figures: {}, texts: {} };
    parts(board.kpis, old.kpis, paintKpi);
    parts(board.figures, old.figures, paintFigure);
    parts(board.texts, old.texts, paintText);
    each("[data-panel]", function (panel) { panel.setAttribute("data-version", board.version); });
    each(".age[data-follows=board]", function (age) { age.setAttribute("data-as-of", board.as_of || ""); });
  }

  function parts(fresh, old, act) {
    Object.keys(fresh || {}).forEach(function (name) {
      if (old[name] !== fresh[name] && !equal(old[name], fresh[name])) act(name, fresh[name], old[name]);
    });
  }

  function equal(a, b) { return a !== undefined && JSON.stringify(a) === JSON.stringify(b); }

  function set(id, props) {
    if (document.getElementById(id)) window.dash_clientside.set_props(id, props);
  }

  function attribute(value) { return value === null || value === undefined ? "" : String(value); }

  // Each call of Dash's costs as much as the page is large: what did not change is not said.
  function differs(kpi, old, names) {
    return !old || names.some(function (name) { return kpi[name] !== old[name]; });
  }

  function paintKpi(name, kpi, old) {
    if (differs(kpi, old, ["value", "as_of", "state", "bound", "word", "level", "method", "approved"])) set("kpi-" + name, {
      "data-value": attribute(kpi.value),
      "data-as-of": attribute(kpi.as_of),
      "data-state": kpi.state,
      "data-bound": attribute(kpi.bound),
      "data-text": attribute(kpi.word),
      "data-level": attribute(kpi.level),
      "data-method": attribute(kpi.method),
      "data-approved": attribute(kpi.approved)
    });
    if (name === "pressure_level") {
      each(".headline[data-level]", function (line) { line.setAttribute("data-level", kpi.level || "no-data"); });
    }
    ["text", "note", "holds"].forEach(function (part) {
      if (differs(kpi, old, [part])) set("kpi-" + name + "-" + part, { children: kpi[part] });
    });
    if (differs(kpi, old, ["origin", "coverage"])) set("kpi-" + name + "-origin", { children: kpi.origin, title: kpi.coverage });
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

  function paintText(name, tree) {
    var place = document.getElementById("text-" + name);
    if (place) window.caudalWords.fill(place, tree);
  }

  // "@arrivals" is a colour of the page's look.
  function resolved(value) {
    if (typeof value === "string") return value.charAt(0) === "@" ? look.tokens[value.slice(1)] || value : value;
    if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(resolved);
    if (value === null || typeof value !== "object") return value;
    var made = {};
    Object.keys(value).forEach(function (key) { made[key] = resolved(value[key]); });
    return made;
  }

  window.caudalPaint = { ready: ready, drawnVersion: drawnVersion, paint: paint, watchZoom: watchZoom };
})();
