/* What stands in the form: its figures, what is missing, the rows it makes, and how it is told in one line. */
(function (root) {
  "use strict";
  root.caudalTyped = function (form, words, site) {
    var NUMBERS = form.querySelectorAll("input[inputmode]");
    function field(name) { return form.elements[name]; }
    function kind() { return field("kind").value; }
    function each(nodes, act) { Array.prototype.forEach.call(nodes, act); }

    function figures() {
      return Array.prototype.some.call(NUMBERS, function (input) { return input.value.trim() !== ""; });
    }

    function values() {
      var found = {};
      each(form.elements, function (one) {
        if (!one.name || (one.type === "radio" && !one.checked)) return;
        found[one.name] = one.type === "checkbox" ? one.checked : one.value;
      });
      return found;
    }

    function shownNumbers() {
      return Array.prototype.filter.call(NUMBERS, function (input) { return !input.closest("[hidden]"); });
    }

    // The first field that is wrong and the word for it, or null.
    function fault() {
      var bad = shownNumbers().filter(function (input) { return !/^\s*\d{0,7}\s*$/.test(input.value); })[0];
      if (bad) return { field: bad, word: "not_a_number" };
      if (!shownNumbers().some(function (input) { return input.value.trim(); })) {
        return { field: shownNumbers()[0], word: "no_figure" };
      }
      if (!field("source").value) return { field: field("source"), word: "no_source" };
      var timed = kind() === "flow" || kind() === "service";
      if (timed && !(field("start").value && field("end").value)) return { field: field("start"), word: "no_time" };
      if (timed && field("end").value <= field("start").value) return { field: field("end"), word: "end_first" };
      if (!timed && !field("at").value) return { field: field("at"), word: "no_time" };
      if (kind() === "service" && !field("organisation").value.trim()) {
        return { field: field("organisation"), word: "no_organisation" };
      }
      return null;
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

    return { figures: figures, values: values, fault: fault, rows: rows, summary: summary };
  };
})(self);
