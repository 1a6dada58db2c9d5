/* Repeats the changes of dashboard/delta.py. What did not change stays the same object, so that the page can tell. */
(function (root) {
  "use strict";

  function put(object, key, value) {
    if (key === "__proto__") {
      Object.defineProperty(object, key, { value: value, enumerable: true, configurable: true, writable: true });
    } else {
      object[key] = value;
    }
  }

  function own(object, key) {
    return Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
  }

  function copied(object) {
    var copy = {};
    Object.keys(object).forEach(function (key) { put(copy, key, own(object, key)); });
    return copy;
  }

  function changed(value, path, depth, change) {
    var last = depth === path.length;
    if (last && change[0] === "=") return change[2];
    if (last && change[0] === "+") return value.slice(change[2]).concat(change[3]);
    if (last) throw new Error("unknown change " + JSON.stringify(change));
    var key = path[depth];
    if (Array.isArray(value)) {
      var items = value.slice();
      items[key] = changed(items[key], path, depth + 1, change);
      return items;
    }
    var copy = copied(value);
    if (change[0] === "-" && depth === path.length - 1) delete copy[key];
    else put(copy, key, changed(own(copy, key), path, depth + 1, change));
    return copy;
  }

  function applied(old, changes) {
    return changes.reduce(function (value, change) { return changed(value, change[1], 0, change); }, old);
  }

  root.applied = applied;
})(typeof module === "object" && module.exports ? module.exports : (window.caudalDelta = {}));
