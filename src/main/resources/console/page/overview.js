import {ask, byId, dialogs, element, local, span, time, write} from "./common.js";
import {Path} from "./path.js";
import {Charts} from "./charts.js";
import {Accounts, Downstreams} from "./tables.js";
import {Letters} from "./letters.js";
import {Messages} from "./messages.js";

const EVERY = 2000;

const stages = {
  "1-send": "Sends: from whoever asks for them to Infobip",
  "2-receive": "Webhooks: taken from Infobip, recorded, answered",
  "3-forward": "Each downstream is told",
  "shared": "Answers to callers, upkeep",
  "sandbox": "The simulated Infobip and its downstreams"
};

const messages = new Messages();
const views = [new Path(byId("path")), new Charts(byId("charts")), new Accounts(messages, refresh), new Downstreams(refresh), new Letters(refresh), messages];
let newest = 0;
let answeredAt;
let waiting;

/** What an operator should know, the worst first: [kind, text, where]. */
function problems(shown) {
  const found = [];
  if (shown.deadLetters === null) {
    found.push(["bad", "The ledger's database can't be read: nothing is accepted, and what waits is not known", "/observe/health"]);
  }
  if (shown.full) {
    found.push(["bad", "There is no room on disk: new work is refused", "/observe/health"]);
  }
  const ofAccounts = {DOWN: "bad", FAILING: "warn", PAUSED: "warn"};
  shown.accounts.filter(one => ofAccounts[one.state]).forEach(one =>
    found.push([ofAccounts[one.state], `Account ${one.name} is ${one.state.toLowerCase()}` + (one.why ? `: ${local(one.why)}` : ""), "#accounts"]));
  const ofDownstreams = {DOWN: "bad", FAILING: "warn", HELD: "warn", PAUSED: "warn"};
  shown.downstreams.filter(one => ofDownstreams[one.state]).forEach(one =>
    found.push([ofDownstreams[one.state], `Downstream ${one.name} is ${one.state.toLowerCase()}`
      + (one.failingSince && one.state !== "PAUSED" ? ` since ${time(one.failingSince)}` : ""), "#downstreams"]));
  const letters = Object.values(shown.deadLetters || {}).reduce((sum, one) => sum + one, 0);
  if (letters) {
    found.push(["warn", letters === 1 ? "1 dead letter waits for somebody" : `${letters} dead letters wait for somebody`, "#letters"]);
  }
  return found.sort((one, other) => (one[0] === "bad" ? 0 : 1) - (other[0] === "bad" ? 0 : 1));
}

function state(found) {
  const list = found.length ? found : [["ok", "Everything is up", "#path-title"]];
  const node = byId("state");
  const text = JSON.stringify(list);
  if (node.dataset.shown !== text) {
    node.dataset.shown = text;
    node.replaceChildren(...list.map(([kind, words, where]) => element("a", {class: `chip ${kind}`, href: where}, words)));
  }
}

async function refresh() {
  clearTimeout(waiting);
  try {
    const shown = await ask(`/overview?after=${newest}`);
    answeredAt = Date.now();
    newest = shown.history.samples.length ? shown.history.samples.at(-1)[0] : newest;
    byId("sandbox").hidden = !shown.sandbox;
    state(problems(shown));
    views.forEach(view => view.show(shown));
    write(byId("footer"), `Since the start of this process ${span((shown.now - shown.startedAt) / 1000)} ago`
      + (shown.version ? `, version ${shown.version}` : "") + ". Times are those of this browser.");
  } catch (error) {
    state([["bad", `The bridge does not answer${answeredAt ? " since " + time(answeredAt) : ""}; it is asked again`, "#path-title"]]);
  }
  clearTimeout(waiting);
  waiting = setTimeout(refresh, document.hidden ? 5 * EVERY : EVERY);
}

function group(shown) {
  const list = element("dl", {}, ...shown.routes.flatMap(route => [element("dt", {}, route.id), element("dd", {}, route.description)]));
  if (!shown.name.endsWith(" (steps)")) {
    return [element("h3", {}, stages[shown.name] || shown.name), list];
  }
  return [element("details", {}, element("summary", {}, "Their steps"), list)];
}

byId("routes").addEventListener("toggle", async () => {
  const node = byId("routes").querySelector("div");
  if (byId("routes").open && !node.children.length) {
    node.replaceChildren(...(await ask("/overview/routes")).groups.flatMap(group));
  }
});

document.addEventListener("visibilitychange", () => document.hidden || refresh());
dialogs();
refresh();
