/* The desk without a script is whole; with one, a file may be dropped, a large one is not sent in vain, and nobody
   sends twice by pressing twice. */
(function () {
  "use strict";
  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  function chosen(drop, input) {
    var file = input.files[0];
    var words = drop.querySelector(".drop-words");
    if (!drop.caudalWords) drop.caudalWords = words.textContent;
    words.textContent = file ? file.name : drop.caudalWords;
    drop.classList.toggle("has-file", !!file);
    var tooLarge = !!file && file.size > Number(drop.getAttribute("data-most"));
    input.setCustomValidity(tooLarge ? drop.getAttribute("data-too-large") : "");
    if (tooLarge) input.reportValidity();
  }

  function setUp(drop) {
    var input = drop.querySelector("input[type=file]");
    input.addEventListener("change", function () { chosen(drop, input); });
    ["dragover", "dragenter"].forEach(function (name) {
      drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      drop.addEventListener(name, function () { drop.classList.remove("over"); });
    });
    drop.addEventListener("drop", function (event) {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      chosen(drop, input);
    });
    // A browser that comes back to the page may hold the file still.
    if (input.files.length) chosen(drop, input);
  }

  each(".drop", setUp);
  each("form.once", function (form) {
    form.addEventListener("submit", function () {
      setTimeout(function () {
        Array.prototype.forEach.call(form.querySelectorAll("button"), function (button) { button.disabled = true; });
        form.classList.add("sending");
      }, 0);
    });
    window.addEventListener("pageshow", function () {
      Array.prototype.forEach.call(form.querySelectorAll("button"), function (button) { button.disabled = false; });
      form.classList.remove("sending");
    });
  });
})();
