/* Hands the page from the first HTML to Dash without a blank moment: the text stays until Dash has drawn the same. */
(function () {
  "use strict";
  var entry = document.getElementById("react-entry-point");
  if (!entry || !window.DashRenderer) return;

  var first = document.createElement("div");
  first.id = "caudal-first";
  while (entry.firstChild) first.appendChild(entry.firstChild);
  entry.parentNode.insertBefore(first, entry);
  // Out of sight but of full width: charts measure the room they have.
  entry.style.cssText = "position:absolute;left:0;right:0;visibility:hidden";

  var watcher = new MutationObserver(function () {
    if (!entry.querySelector("#caudal")) return;
    watcher.disconnect();
    // Words stand in the first HTML only; Dash leaves their places empty (drawings.py).
    Array.prototype.forEach.call(first.querySelectorAll("[id^=text-]"), function (from) {
      var to = entry.querySelector("#" + CSS.escape(from.id));
      while (to && from.firstChild) to.appendChild(from.firstChild);
    });
    first.remove();
    entry.style.cssText = "";
    document.dispatchEvent(new CustomEvent("caudal:drawn"));
  });
  watcher.observe(entry, { childList: true, subtree: true });

  new window.DashRenderer();
})();
