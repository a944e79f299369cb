import {ask, attempt, byId, count, element, notice, post, time, write} from "./common.js";

const SHOWN = 10;

/** The dead letters: loaded when there are others than before, as the overview counts them. */
export class Letters {

  constructor(refresh) {
    this.refresh = refresh;
    this.from = byId("letters-from");
    this.body = element("tbody");
    byId("letters").querySelector("table").replaceChildren(element("thead", {}, element("tr", {},
      ...["Given up", "From", "Reason"].map(heading => element("th", {scope: "col"}, heading)), element("th", {scope: "col", class: "number"}, "Items"),
      element("th", {scope: "col", class: "number"}, "Tries"), element("th", {}, element("span", {class: "hidden"}, "Actions")))), this.body);
    this.from.addEventListener("change", () => this.load());
    byId("letters-more").addEventListener("click", () => attempt(() => this.more()));
    byId("replay-all").addEventListener("click", () => this.replay(`/dead-letters/replay?${this.choice()}`));
    byId("discard-all").addEventListener("click", () => this.sure(`Discard ${this.shownCount()}?`, `/dead-letters?${this.choice()}`));
  }

  show(all) {
    const counts = JSON.stringify(all.deadLetters);
    if (counts === this.counts || all.deadLetters === null) {
      return;
    }
    this.counts = counts;
    this.queues = all.deadLetters;
    const total = Object.values(this.queues).reduce((sum, one) => sum + one, 0);
    const chosen = this.from.value;
    this.from.replaceChildren(element("option", {value: ""}, `all (${count(total)})`),
      ...Object.entries(this.queues).map(([queue, items]) => element("option", {value: queue}, `${queue.replace("dead-letters.", "")} (${count(items)})`)));
    this.from.value = chosen in this.queues ? chosen : "";
    byId("letters").classList.toggle("none", total === 0);
    this.load();
  }

  choice() {
    return this.from.value ? `queue=${encodeURIComponent(this.from.value)}` : "all=true";
  }

  shownCount() {
    const total = this.from.value ? this.queues[this.from.value] : Object.values(this.queues).reduce((sum, one) => sum + one, 0);
    return total === 1 ? "1 dead letter" : `${count(total)} dead letters`;
  }

  load() {
    return attempt(async () => {
      const list = await this.list("");
      const focused = this.body.contains(document.activeElement);
      this.body.replaceChildren(...list.letters.map(letter => this.row(letter)));
      if (focused) {
        // Its row is gone: go on with the next one.
        (this.body.querySelector("button") || byId("letters-title")).focus();
      }
    });
  }

  async more() {
    const list = await this.list(`&after=${encodeURIComponent(this.next)}`);
    this.body.append(...list.letters.map(letter => this.row(letter)));
  }

  async list(after) {
    const queue = this.from.value ? `&queue=${encodeURIComponent(this.from.value)}` : "";
    const list = await ask(`/dead-letters?limit=${SHOWN}${queue}${after}`);
    this.next = list.next;
    byId("letters-more").hidden = !list.next;
    return list;
  }

  row(letter) {
    const path = `/dead-letters/${encodeURIComponent(letter.id)}`;
    const replay = element("button", {type: "button", disabled: !letter.replayable, title: letter.whyNot || "Puts it back to where it comes from",
      onclick: () => this.replay(`${path}/replay`)}, "Replay");
    return element("tr", {"data-id": letter.id},
      element("td", {"data-heading": "Given up"}, time(letter.lastFailedAt)),
      element("td", {"data-heading": "From", class: "name"}, letter.queue),
      element("td", {"data-heading": "Reason", class: "remarks"}, letter.reason + (letter.whyNot ? ` (not replayable: ${letter.whyNot})` : "")),
      element("td", {"data-heading": "Items", class: "number"}, count(letter.items)),
      element("td", {"data-heading": "Tries", class: "number"}, count(letter.attempts)),
      element("td", {class: "actions"},
        element("button", {type: "button", onclick: () => this.open(path)}, "Show"), replay,
        element("button", {type: "button", class: "danger", onclick: () => this.sure(`Discard this dead letter of ${letter.queue}?`, path)}, "Discard…")));
  }

  open(path) {
    return attempt(async () => {
      const letter = await ask(path);
      write(byId("letter").querySelector("pre"), JSON.stringify(letter, null, 2));
      byId("letter").showModal();
    });
  }

  replay(path) {
    return attempt(async () => {
      const done = await post(path);
      const left = done.notReplayed.map(one => `${count(one.letters)} of ${one.queue} can't be replayed: ${one.reason}`);
      notice([`${count(done.replayed)} replayed`, ...left].join("; "), left.length > 0);
      await this.refresh();
    });
  }

  sure(question, path) {
    write(byId("sure-title"), question);
    byId("sure-yes").onclick = () => {
      byId("sure").close();
      attempt(async () => {
        const done = await ask(path, {method: "DELETE"});
        notice(`${count(done.discarded)} discarded`);
        await this.refresh();
      });
    };
    byId("sure").showModal();
  }
}
