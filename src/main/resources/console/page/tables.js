import {attempt, byId, count, element, local, notice, post, span, time, write} from "./common.js";

/** A table whose rows stay, and change in place: what is focused or selected stays so. */
class Rows {

  /** @param columns [heading, class, of => text or [text, kind]], and buttons: name => elements */
  constructor(table, columns, buttons) {
    this.columns = columns;
    this.buttons = buttons;
    this.rows = new Map();
    this.body = element("tbody");
    table.replaceChildren(element("thead", {}, element("tr", {}, ...columns.map(([heading, kind]) => element("th", {class: kind, scope: "col"}, heading)),
      element("th", {}, element("span", {class: "hidden"}, "Actions")))), this.body);
  }

  show(all) {
    all.forEach(one => {
      let row = this.rows.get(one.name);
      if (!row) {
        row = {cells: this.columns.map(([heading, kind]) => element("td", {class: kind, "data-heading": heading}, element("span"))), buttons: this.buttons(one)};
        this.rows.set(one.name, row);
        this.body.append(element("tr", {id: `${this.body.closest("section").id}-${one.name}`}, ...row.cells, element("td", {class: "actions"}, ...row.buttons)));
      }
      this.columns.forEach(([, , of], i) => {
        const [text, kind] = [of(one)].flat();
        const span = row.cells[i].firstChild;
        write(span, text === null || text === undefined ? "" : String(text));
        span.className = kind || "";
        row.cells[i].classList.toggle("empty", span.textContent === "");
      });
    });
  }
}

const KINDS = {UP: "ok", FAILING: "warn", HELD: "warn", PAUSED: "warn", DOWN: "bad"};

function dot(state) {
  return [state.toLowerCase(), `state ${KINDS[state]}`];
}

function oldest(one) {
  return one.waiting === 0 ? "–" : [span(one.oldestSeconds), one.oldestSeconds > 300 ? "warn" : ""];
}

/** The buttons that pause, resume and try one account or downstream; path is the first part of their calls. */
class Switches {

  constructor(path, refresh) {
    this.path = path;
    this.refresh = refresh;
  }

  of({name}) {
    const pause = element("button", {type: "button"}, "Pause");
    const probe = element("button", {type: "button", onclick: () => this.change(name, "probe", `${name} is tried now`)}, "Try now");
    pause.onclick = () => pause.textContent === "Pause" ? this.change(name, "pause", `${name} is paused; what comes for it waits`) : this.change(name, "resume", `${name} is no longer paused`);
    return [probe, pause];
  }

  /** @param tried the states in which it can be tried before its time */
  show([probe, pause], {state}, tried) {
    write(pause, state === "PAUSED" ? "Resume" : "Pause");
    probe.hidden = !tried.includes(state);
  }

  change(name, what, done) {
    return attempt(async () => {
      await post(`/${this.path}/${encodeURIComponent(name)}/${what}`);
      notice(done);
      await this.refresh();
    });
  }
}

/** The accounts, what an operator can do about them, and the dialog of their test SMS. */
export class Accounts {

  constructor(messages, refresh) {
    this.messages = messages;
    this.switches = new Switches("accounts", refresh);
    this.table = new Rows(byId("accounts").querySelector("table"), [
      ["State", "", one => dot(one.state)],
      ["Account", "name", one => one.name],
      ["Sender", "", one => one.sender || "–"],
      ["Sent", "number", one => count(one.sent)],
      ["Rejected", "number", one => [count(one.rejected), one.rejected ? "warn" : ""]],
      ["Waiting", "number", one => count(one.waiting)],
      ["Oldest", "number", oldest],
      ["Remarks", "remarks", one => one.why ? local(one.why) : one.lastError ? "last error " + local(one.lastError) : ""]
    ], one => [...this.switches.of(one), element("button", {type: "button", onclick: () => this.open(one.name)}, "Test SMS")]);
    this.dialog = byId("test");
    this.form = this.dialog.querySelector("form");
    this.form.addEventListener("submit", event => {
      event.preventDefault();
      this.send();
    });
    byId("test-follow").addEventListener("click", () => {
      this.dialog.close();
      this.messages.find(this.id);
    });
  }

  show(all) {
    this.table.show(all.accounts);
    all.accounts.forEach(one => this.switches.show(this.table.rows.get(one.name).buttons, one, ["DOWN", "FAILING"]));
  }

  open(account) {
    this.account = account;
    write(byId("test-title"), `Test SMS through ${account}`);
    this.outcome("");
    this.dialog.showModal();
    this.form.elements.to.focus();
  }

  outcome(text, kind = "", id) {
    this.id = id;
    byId("test-outcome").className = kind;
    write(byId("test-outcome"), text);
    byId("test-follow").hidden = !id;
  }

  async send() {
    byId("test-send").disabled = true;
    this.outcome("Sending; the answer is waited for up to 15 seconds …", "muted");
    try {
      const test = await post(`/accounts/${encodeURIComponent(this.account)}/test-sms`, {to: this.form.elements.to.value, text: this.form.elements.text.value});
      this.outcome(local(test.outcome), test.outcome.startsWith("Infobip accepted") ? "ok" : "warn", test.id);
    } catch (error) {
      this.outcome(error.message, "bad");
    }
    byId("test-send").disabled = false;
  }
}

/** The downstreams, with what an operator can do about them. */
export class Downstreams {

  constructor(refresh) {
    this.switches = new Switches("downstreams", refresh);
    this.table = new Rows(byId("downstreams").querySelector("table"), [
      ["State", "", one => dot(one.state)],
      ["Downstream", "name", one => one.name],
      ["URL", "url", one => one.url],
      ["Told", "number", one => count(one.told)],
      ["Waiting", "number", one => count(one.waiting)],
      ["Oldest", "number", oldest],
      ["Remarks", "remarks", one => [one.failingSince && `failing since ${time(one.failingSince)}`, one.nextProbe && `next try ${time(one.nextProbe)}`,
        one.lastError && "last error " + local(one.lastError)].filter(text => text).join("; ")]
    ], one => this.switches.of(one));
  }

  show(all) {
    this.table.show(all.downstreams);
    all.downstreams.forEach(one => this.switches.show(this.table.rows.get(one.name).buttons, one, ["DOWN", "HELD"]));
  }
}
