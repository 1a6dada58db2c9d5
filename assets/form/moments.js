/* Hours and shifts of a site, in its own zone, as a native date field writes them. */
(function (root) {
  "use strict";
  function two(number) { return (number < 10 ? "0" : "") + number; }

  function local(moment, zone) {
    var parts = {};
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit",
      day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(new Date(moment)).forEach(function (part) {
      parts[part.type] = part.value;
    });
    return { day: parts.year + "-" + parts.month + "-" + parts.day, hour: Number(parts.hour), minute: parts.minute };
  }

  // A whole local hour, counted from the start of a local day; before it and after it too.
  function wall(day, hour) {
    return new Date(Date.parse(day + "T00:00Z") + hour * 3600000).toISOString().slice(0, 16);
  }

  // Start and end of the running hour, the hour before, the running shift or the one before it. `shifts`: local hours
  // at which shifts begin, in order; the night's began yesterday.
  function span(name, moment, zone, shifts) {
    var here = local(moment, zone);
    if (name === "hour") return [wall(here.day, here.hour), wall(here.day, here.hour + 1)];
    if (name === "before") return [wall(here.day, here.hour - 1), wall(here.day, here.hour)];
    var begun = shifts.filter(function (hour) { return hour <= here.hour; }).length - (name === "shift" ? 1 : 2);
    return [wall(here.day, begins(begun, shifts)), wall(here.day, begins(begun + 1, shifts))];
  }

  // The hour at which the n-th shift of a day begins, counted from its midnight; those of the days before are negative.
  function begins(n, shifts) {
    var day = Math.floor(n / shifts.length);
    return shifts[n - day * shifts.length] + 24 * day;
  }

  function at(moment, zone) {
    var here = local(moment, zone);
    return here.day + "T" + two(here.hour) + ":" + here.minute;
  }

  function said(start, end, lang) {
    var day = new Intl.DateTimeFormat(lang, { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" });
    return day.format(new Date(start + "Z")) + ", " + start.slice(11) + "–" + end.slice(11);
  }

  function length(milliseconds) {
    var minutes = Math.round(Math.abs(milliseconds) / 60000);
    return minutes < 60 ? minutes + " min" : Math.floor(minutes / 60) + " h " + two(minutes % 60) + " min";
  }

  root.caudalMoments = { span: span, at: at, said: said, length: length };
})(self);
