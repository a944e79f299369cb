import {ask, attempt, byId, element, millis, notice, time, write} from "./common.js";

const KINDS = {queued: "muted", sent: "busy", delivered: "ok", failed: "bad", replied: "busy", clicked: "busy", replayed: "warn"};
const WORDS = {queued: "Accepted, and on disk", sent: "Taken by Infobip", delivered: "Delivered", failed: "Failed", clicked: "Link clicked", replied: "Answered",
  replayed: "Put back into its queue by an operator"};

/** Infobip's clock is another one: what it says can seem to be earlier. */
function later(before, now) {
  const between = new Date(now) - new Date(before);
  return between < 0 ? "" : `+${millis(between)}`;
}

/** The search for a message, and what happened to it. */
export class Messages {

  constructor() {
    this.dialog = byId("messages");
    const form = byId("search");
    form.addEventListener("submit", event => {
      event.preventDefault();
      this.find(form.elements.text.value);
    });
    document.addEventListener("keydown", event => {
      if (event.key === "/" && !event.target.closest("input, select, textarea, dialog")) {
        event.preventDefault();
        form.elements.text.focus();
      }
    });
  }

  find(text) {
    return attempt(async () => {
      this.text = text;
      const found = await ask(`/messages?search=${encodeURIComponent(text)}`);
      if (!found.messages.length) {
        notice(`No message has the id ${text}, or a number that ends so among the newest 100,000`);
        return;
      }
      this.write(found);
      this.dialog.showModal();
    });
  }

  /** While one is looked at, what happens to it is shown as it happens. */
  show() {
    if (this.dialog.open && this.byId) {
      ask(`/messages?search=${encodeURIComponent(this.text)}`).then(found => this.write(found), () => {});
    }
  }

  write(found) {
    const shown = JSON.stringify(found);
    if (shown === this.shown && this.dialog.open) {
      return;
    }
    this.shown = shown;
    this.byId = found.by === "id";
    const many = found.messages.length;
    write(byId("messages-title"), many === 1 ? "Message" : `The newest ${many} messages`);
    const open = new Set([...byId("found").querySelectorAll("details[open]")].map(one => one.dataset.id));
    byId("found").replaceChildren(...found.messages.map((message, i) => this.message(message, many === 1 || open.has(message.messageId) || !open.size && i === 0)));
  }

  message(message, open) {
    const start = message.history.length ? new Date(message.history[0].time) : null;
    const facts = [["Id", message.messageId], ["Client's id", message.meta], ["Account", message.account], ["Caller", message.caller], ["From", message.from],
      ["To", message.to], ["Infobip's bulk id", message.bulkId]].filter(([, value]) => value);
    return element("details", {class: "message", open, "data-id": message.messageId},
      element("summary", {}, element("span", {class: `state ${KINDS[message.state] || ""}`}, message.state), ` to ${message.to || "?"}`,
        element("span", {class: "muted"}, start ? ` ${time(start)}` : "")),
      element("dl", {class: "facts"}, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
      element("ol", {class: "timeline"}, ...message.history.map((step, i) => element("li", {class: KINDS[step.state] || ""},
        element("time", {datetime: step.time}, time(step.time) + step.time.replace(/.*(\.\d+)Z/, "$1")),
        element("strong", {}, WORDS[step.state] || step.state),
        element("span", {class: "muted"}, i ? later(message.history[i - 1].time, step.time) : ""),
        ...(step.reason ? [element("span", {class: "reason"}, step.reason)] : [])))));
  }
}
