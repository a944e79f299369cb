import {ask, attempt, byId, count, element, notice, post, time, write} from "./common.js";

const SHOWN = 10;
const MORE = 50;
/** Of one list. */
const MOST = 1000;

/** For so long after something was done, what comes of it is looked for: a replayed one can be given up again. */
const FOLLOWED = 15000;

/** The dead letters: loaded when there are others than before, as the overview counts them, and for a while after something was done. */
export class Letters {

  constructor(refresh) {
    this.refresh = refresh;
    this.followedUntil = 0;
    this.limit = SHOWN;
    this.from = byId("letters-from");
    this.body = element("tbody");
    byId("letters").querySelector("table").replaceChildren(element("thead", {}, element("tr", {},
      ...["Given up", "From", "Reason"].map(heading => element("th", {scope: "col"}, heading)), element("th", {scope: "col", class: "number"}, "Items"),
      element("th", {scope: "col", class: "number"}, "Tries"), element("th", {}, element("span", {class: "hidden"}, "Actions")))), this.body);
    this.from.addEventListener("change", () => {
      this.limit = SHOWN;
      this.load();
    });
    byId("letters-more").addEventListener("click", () => {
      this.limit = Math.min(this.limit + MORE, MOST);
      this.load();
    });
    byId("replay-all").addEventListener("click", () => this.replay(`/dead-letters/replay?${this.choice()}`));
    byId("discard-all").addEventListener("click", () => this.sure(`Discard ${this.shownCount()}?`, `/dead-letters?${this.choice()}`));
  }

  show(all) {
    const counts = JSON.stringify(all.deadLetters);
    if (all.deadLetters === null || counts === this.counts && Date.now() > this.followedUntil) {
      return;
    }
    if (counts !== this.counts) {
      this.choices(all.deadLetters);
    }
    this.counts = counts;
    this.load();
  }

  choices(queues) {
    this.queues = queues;
    const total = Object.values(this.queues).reduce((sum, one) => sum + one, 0);
    const chosen = this.from.value;
    this.from.replaceChildren(element("option", {value: ""}, `all (${count(total)})`),
      ...Object.entries(this.queues).map(([queue, items]) => element("option", {value: queue}, `${queue.replace("dead-letters.", "")} (${count(items)})`)));
    this.from.value = chosen in this.queues ? chosen : "";
    byId("letters").classList.toggle("none", total === 0);
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
      const queue = this.from.value ? `&queue=${encodeURIComponent(this.from.value)}` : "";
      const list = await ask(`/dead-letters?limit=${this.limit}${queue}`);
      byId("letters-more").hidden = !list.next || this.limit === MOST;
      const focused = this.body.contains(document.activeElement);
      // Rows that stay are left alone.
      const before = new Map([...this.body.children].map(row => [row.dataset.id, row]));
      const rows = list.letters.map(letter => before.get(letter.id) || this.row(letter));
      before.forEach(row => rows.includes(row) || row.remove());
      rows.forEach((row, i) => row === this.body.children[i] || this.body.insertBefore(row, this.body.children[i] || null));
      if (focused && !this.body.contains(document.activeElement)) {
        // Its row is gone: go on with the next one.
        this.body.querySelector("button")?.focus();
      }
    });
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

  /** Whether it is done or not, the list is looked at again: somebody else may have been first. */
  handle(work) {
    this.followedUntil = Date.now() + FOLLOWED;
    return attempt(work).then(() => this.load()).then(this.refresh);
  }

  replay(path) {
    return this.handle(async () => {
      const done = await post(path);
      const left = done.notReplayed.map(one => `${count(one.letters)} of ${one.queue} can't be replayed: ${one.reason}`);
      notice([`${count(done.replayed)} replayed`, ...left].join("; "), left.length > 0);
    });
  }

  sure(question, path) {
    write(byId("sure-title"), question);
    byId("sure-yes").onclick = () => {
      byId("sure").close();
      this.handle(async () => {
        const done = await ask(path, {method: "DELETE"});
        notice(`${count(done.discarded)} discarded`);
      });
    };
    byId("sure").showModal();
  }
}
