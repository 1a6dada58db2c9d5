/* The question of the queue page stands in the address, so that a link shows the same answer. Dash asks the server;
   without this script the form leads to the same address by itself. */
(function () {
  "use strict";
  function asked(form) {
    var said = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (String(value).trim()) said.append(name, String(value).trim()); });
    return location.pathname + "?" + said.toString();
  }

  function form(event) { return event.target.closest && event.target.closest("form#ask"); }

  document.addEventListener("submit", function (event) {
    if (!form(event)) return;
    event.preventDefault();
    history.replaceState(history.state, "", asked(form(event)));
  });
  document.addEventListener("change", function (event) {
    if (form(event)) history.replaceState(history.state, "", asked(form(event)));
  });
})();
