/* A chart saved as a picture: drawn anew, wide, with its title, its sentence and what there is to know of it under it. */
(function () {
  "use strict";
  var WIDTH = 1600, HEIGHT = 900, LINE = 19, SIGNS = 170;

  function words(selector) {
    var found = document.querySelector(selector);
    return found ? found.textContent.trim() : "";
  }

  function plain(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  // Lines no longer than the picture is wide.
  function broken(text) {
    var lines = [];
    text.split("\n").forEach(function (part) {
      var line = "";
      part.split(/\s+/).forEach(function (word) {
        if (line && (line + " " + word).length > SIGNS) { lines.push(line); line = ""; }
        line += (line ? " " : "") + word;
      });
      if (line) lines.push(line);
    });
    return lines;
  }

  function foot(name) {
    var said = words("#text-" + name + "-sentence");
    return broken([said, words("#text-picture-foot")].filter(Boolean).join("\n"));
  }

  function dressed(plot, name) {
    var colours = getComputedStyle(document.documentElement);
    var layout = JSON.parse(JSON.stringify(plot.layout));
    var lines = foot(name).map(plain);
    var margin = Object.assign({ l: 60, r: 40, t: 40, b: 50 }, layout.margin);
    var below = LINE * lines.length + 26;
    var marks = Array.prototype.map.call(document.querySelectorAll("#text-marks .stamp"), function (one) { return one.textContent; });
    var title = plain((marks.length ? "[" + marks.join(" · ") + "] " : "") + words("#title-" + name));
    layout.autosize = false;
    layout.width = WIDTH;
    layout.height = HEIGHT;
    layout.paper_bgcolor = colours.getPropertyValue("--panel").trim();
    layout.plot_bgcolor = layout.paper_bgcolor;
    layout.margin = Object.assign(margin, { t: margin.t + 60, b: margin.b + below, autoexpand: true });
    layout.title = { text: "<b>" + title + "</b>", x: 0, xref: "paper", xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 22 }, font: { size: 22 } };
    layout.annotations = (layout.annotations || []).concat([{
      text: lines.join("<br>"), xref: "paper", yref: "paper", x: 0, y: 0, xanchor: "left", yanchor: "top",
      yshift: -(margin.b - below + 8), align: "left", showarrow: false,
      font: { size: 13.5, color: colours.getPropertyValue("--muted").trim() }
    }]);
    return { data: plot.data, layout: layout, config: { staticPlot: true } };
  }

  function blob(address) {
    var comma = address.indexOf(","), head = address.slice(5, comma), body = address.slice(comma + 1);
    var kind = head.split(";")[0];
    if (head.indexOf("base64") < 0) return new Blob([decodeURIComponent(body)], { type: kind });
    var raw = atob(body), bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    return new Blob([bytes], { type: kind });
  }

  function fileName(name, format) {
    var root = document.querySelector("[data-site]");
    var age = document.querySelector(".age[data-follows=board]");
    var at = ((age && age.getAttribute("data-as-of")) || "").slice(0, 16).replace(/[^0-9T]/g, "");
    if (at) at += "Z";
    return ["caudal", root.getAttribute("data-site"), name, at].filter(Boolean).join("-") + "." + format;
  }

  function give(address, file) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(blob(address));
    link.download = file;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 30000);
  }

  function save(button) {
    var name = button.getAttribute("data-chart"), format = button.getAttribute("data-save");
    var plot = document.querySelector("#graph-" + name + " .js-plotly-plot");
    if (!plot || !window.Plotly || button.disabled) return;
    button.disabled = true;
    window.Plotly.toImage(dressed(plot, name), { format: format, width: WIDTH, height: HEIGHT, scale: format === "png" ? 2 : 1 })
      .then(function (address) { give(address, fileName(name, format)); })
      .finally(function () { button.disabled = false; button.focus(); });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button[data-save]");
    if (button) save(button);
  });
})();
