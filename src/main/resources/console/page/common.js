/** Asks the bridge. Where the session has ended, the page is loaded anew, which shows the login. */
export async function ask(path, options = {}) {
  const answer = await fetch(path, options);
  if (answer.status === 401) {
    location.reload();
    return new Promise(() => {});
  }
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.error);
  }
  return body;
}

export function post(path, body) {
  return ask(path, {method: "POST", ...(body && {headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)})});
}

/** An element with attributes, properties, listeners (onclick) and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => {
    if (key.startsWith("on") || key in made && typeof value === "boolean") {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  });
  made.append(...children);
  return made;
}

/** Changes a node's text only where it is another one: nothing flickers, and what is selected stays so. */
export function write(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function byId(id) {
  return document.getElementById(id);
}

const whole = new Intl.NumberFormat("en");
const tenth = new Intl.NumberFormat("en", {maximumFractionDigits: 1});

export function count(number) {
  return number === null || number === undefined ? "?" : whole.format(number);
}

export function rate(number) {
  return number >= 10 ? whole.format(Math.round(number)) : number > 0 && number < 0.1 ? "<0.1" : tenth.format(number);
}

/** A time span in two units at most, from seconds. */
export function span(seconds) {
  if (seconds === null || seconds === undefined) {
    return "?";
  }
  const all = Math.round(seconds);
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = units.findIndex(unit => all >= unit[1]);
  if (first < 0) {
    return "0 s";
  }
  const rest = first < 3 ? Math.floor(all % units[first][1] / units[first + 1][1]) : 0;
  return `${Math.floor(all / units[first][1])} ${units[first][0]}` + (rest ? ` ${rest} ${units[first + 1][0]}` : "");
}

export function millis(number) {
  return number === null || number === undefined ? "–" : number < 1000 ? `${number} ms` : number < 60000 ? `${tenth.format(number / 1000)} s` : span(number / 1000);
}

const clock = new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit", second: "2-digit"});
const day = new Intl.DateTimeFormat("en-GB", {day: "numeric", month: "short"});

/** The time of day, here, and the day where that is not today. */
export function time(when) {
  const date = new Date(when);
  return (date.toDateString() === new Date().toDateString() ? "" : day.format(date) + " ") + clock.format(date);
}

/** Texts of the bridge hold times in UTC; shown as here. */
export function local(text) {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, time);
}

/** Says for a while what was done, or what went wrong. */
let fading;
export function notice(text, bad = false) {
  const node = byId("notice");
  clearTimeout(fading);
  node.className = bad ? "bad" : "";
  node.textContent = text;
  fading = setTimeout(() => node.textContent = "", bad ? 15000 : 6000);
}

/** Runs what a button does; its error is shown. */
export async function attempt(work) {
  try {
    await work();
  } catch (error) {
    notice(error.message, true);
  }
}

/** Dialogs close by their button, by Escape, and by a click beside them. */
export function dialogs() {
  document.querySelectorAll("dialog").forEach(dialog => {
    dialog.querySelector(".close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", event => event.target === dialog && dialog.close());
  });
}
