/* Puts a tree of html components into the page. Words and tables are many and plain: as Dash components each of their
   cells would listen to every change of the page. Nodes that stay the same stay, with their focus and what is open. */
(function (root) {
  "use strict";
  var ATTRIBUTES = { className: "class", htmlFor: "for", colSpan: "colspan", rowSpan: "rowspan", tabIndex: "tabindex",
    dateTime: "datetime" };
  // Filled by age.js every second or by reading.js, and opened or closed by a person: not ours to change.
  var FILLED = /(^| )(age|now-clock|live-word|fresh-word|countdown|reading-says)( |$)/;

  function listed(tree) {
    if (tree === null || tree === undefined || typeof tree === "boolean" || tree === "") return [];
    if (!Array.isArray(tree)) return [tree];
    return tree.reduce(function (all, part) { return all.concat(listed(part)); }, []);
  }

  function fill(parent, tree) {
    var parts = merged(listed(tree));
    parts.forEach(function (part, position) {
      var node = named(parent, position, part);
      var made = patched(node, part);
      if (!node) parent.appendChild(made);
      else if (made !== node) parent.replaceChild(made, node);
    });
    while (parent.childNodes.length > parts.length) parent.removeChild(parent.lastChild);
  }

  // What has an id is followed to its new place: a row that moves stays open, and its neighbour does not open for it.
  function named(parent, position, part) {
    var node = parent.childNodes[position];
    var id = part.props && part.props.id;
    if (!id || (node && node.id === id)) return node;
    for (var place = position + 1; place < parent.childNodes.length; place += 1) {
      if (parent.childNodes[place].id === id) return parent.insertBefore(parent.childNodes[place], node);
    }
    return node && node.id ? parent.insertBefore(document.createElement(part.type.toLowerCase()), node) : node;
  }

  // The browser reads neighbouring texts of the first HTML as one.
  function merged(parts) {
    return parts.reduce(function (all, part) {
      var text = typeof part === "object" ? null : String(part);
      if (text !== null && all.length && typeof all[all.length - 1] === "string") all[all.length - 1] += text;
      else all.push(text === null ? part : text);
      return all;
    }, []);
  }

  function patched(node, part) {
    if (typeof part === "string") {
      if (!node || node.nodeType !== 3) return document.createTextNode(part);
      if (node.nodeValue !== part) node.nodeValue = part;
      return node;
    }
    var tag = part.type.toLowerCase();
    if (!node || node.nodeType !== 1 || node.tagName.toLowerCase() !== tag) node = document.createElement(tag);
    attribute(node, part.props);
    if (!FILLED.test(part.props.className || "")) fill(node, part.props.children);
    return node;
  }

  function attribute(node, props) {
    var wanted = {};
    Object.keys(props).forEach(function (name) {
      var value = props[name];
      if (name === "children" || name === "style" || value === null || value === undefined || value === false) return;
      wanted[ATTRIBUTES[name] || name] = value === true ? "" : String(value);
    });
    Array.prototype.slice.call(node.attributes).forEach(function (had) {
      var keeps = had.name === "style" || (had.name === "open" && node.tagName === "DETAILS");
      if (!keeps && !(had.name in wanted)) node.removeAttribute(had.name);
    });
    Object.keys(wanted).forEach(function (name) {
      if (node.getAttribute(name) !== wanted[name]) node.setAttribute(name, wanted[name]);
    });
    style(node, props.style || {});
  }

  function style(node, wanted) {
    var text = Object.keys(wanted).map(function (name) {
      var kebab = name.indexOf("--") === 0 ? name : name.replace(/[A-Z]/g, function (c) { return "-" + c.toLowerCase(); });
      return kebab + ":" + wanted[name];
    }).join(";");
    if (node.caudalStyle === text || (node.caudalStyle === undefined && !text && !node.hasAttribute("style"))) return;
    node.caudalStyle = text;
    node.style.cssText = text;
  }

  root.fill = fill;
})(window.caudalWords = {});
