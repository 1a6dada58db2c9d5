/* The list of what was typed on this phone: each entry with its fate, the reasons, and what may be done with it. */
(function (root) {
  "use strict";
  function made(tag, className, text) {
    var node = document.createElement(tag);
    node.className = className;
    if (text) node.textContent = text;
    return node;
  }

  function act(text, done) {
    var node = made("button", "small", text);
    node.type = "button";
    node.addEventListener("click", done);
    return node;
  }

  function item(one, words, acts) {
    var node = made("li", "entry entry-" + one.state);
    node.setAttribute("data-state", one.state);
    node.setAttribute("data-key", one.key);
    var state = one.corrected ? words.states.corrected : words.states[one.state];
    if (one.report) state += " · " + words.report.replace("{report}", one.report);
    node.appendChild(made("span", "entry-state", state));
    node.appendChild(made("b", "entry-head", one.summary.head));
    node.appendChild(made("span", "entry-figures", one.summary.figures));
    (one.reasons || []).forEach(function (reason) { node.appendChild(made("p", "entry-reason", reason)); });
    var row = made("div", "entry-acts");
    row.appendChild(act(words.correct, function () { acts.correct(one); }));
    if (one.state !== "queued") row.appendChild(act(words.remove, function () { acts.remove(one); }));
    node.appendChild(row);
    return node;
  }

  // `acts`: {correct, remove}, each given the entry. Entries of other accounts are counted, never shown.
  function list(place, entries, holder, words, acts) {
    var mine = entries.filter(function (one) { return one.holder === holder; });
    mine.sort(function (a, b) { return b.typedAt - a.typedAt; });
    place.textContent = "";
    mine.forEach(function (one) { place.appendChild(item(one, words, acts)); });
    return {
      mine: mine.length,
      others: entries.filter(function (one) { return one.holder !== holder && one.state === "queued"; }).length
    };
  }

  root.caudalListed = list;
})(self);
