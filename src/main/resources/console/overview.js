"use strict";

const stages = {
  "1-send": "Sends: from whoever asks for them to Infobip",
  "2-receive": "Webhooks: taken from Infobip, recorded, answered",
  "3-forward": "Each downstream is told",
  "shared": "Answers to callers, upkeep",
  "sandbox": "The simulated Infobip and its downstreams"
};

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text === null || text === undefined ? "" : text;
  return made;
}

function row(cells, kind) {
  const made = document.createElement("tr");
  cells.forEach(cell => made.append(element(kind, cell)));
  return made;
}

function table(id, beans) {
  const names = beans.length ? Object.keys(beans[0]) : [];
  document.getElementById(id).replaceChildren(
    row(names.map(name => name.replace(/([a-z])([A-Z])/g, "$1 $2")), "th"),
    ...beans.map(bean => row(names.map(name => bean[name]), "td")));
}

function routes(group) {
  const list = document.createElement("dl");
  group.routes.forEach(route => list.append(element("dt", route.id), element("dd", route.description)));
  if (!group.name.endsWith(" (steps)")) {
    return [element("h3", stages[group.name] || group.name), list];
  }
  const details = document.createElement("details");
  details.append(element("summary", "Their steps"), list);
  return [details];
}

async function show() {
  const overview = await (await fetch("/overview")).json();
  table("accounts", overview.accounts);
  table("downstreams", overview.downstreams);
  document.getElementById("dead-letters").textContent = overview.deadLetters === null ? "not known" : overview.deadLetters;
  document.getElementById("routes").replaceChildren(...overview.groups.flatMap(routes));
}

show();
