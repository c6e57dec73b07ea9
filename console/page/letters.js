/**
 * Dead letters: what could not be delivered and why, and another round for it.
 *
 * Looking at them hides them from others for up to 30 s, so they are looked at when somebody asks.
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./api.js").Letter} Letter
 */

import { element } from "../element/dom.js";
import {
  channelBadge,
  letterReasonLabel,
  outcomeLabel,
  providerLabel,
  REASONS_TO_PICK,
} from "./labels.js";
import { buttonById, byId, formById, isConfirmed, tryTo, whileBusy } from "./page.js";
import { cell } from "./rows.js";
import { openTimeline } from "./timeline.js";
import { agoElement, forgetTimes } from "./times.js";

const LIMIT = "100";

export class LettersView {
  #api;
  #signal;
  #body = /** @type {HTMLTableSectionElement} */ (byId("letters").querySelector("tbody"));
  #filter = formById("letters-filter");
  #chooseAll = /** @type {HTMLInputElement} */ (byId("choose-all"));
  /** @type {Map<string, HTMLInputElement>} */
  #boxes = new Map();

  /** @param {{api: Api, signal: AbortSignal}} options */
  constructor({ api, signal }) {
    this.#api = api;
    this.#signal = signal;
    const reason = /** @type {HTMLSelectElement} */ (this.#filter.elements.namedItem("reason"));
    if (reason.options.length === 1) {
      reason.append(...REASONS_TO_PICK.map((each) => new Option(letterReasonLabel(each), each)));
    }
    const listen = { signal };
    this.#filter.addEventListener("submit", (event) => event.preventDefault(), listen);
    this.#filter.addEventListener("change", () => this.load(), listen);
    this.#on("letters-refresh", () => this.load());
    this.#on("redrive-all", () => this.#redriveAll());
    this.#on("redrive-chosen", () => this.#redrive({ ids: this.#chosen() }));
    this.#chooseAll.addEventListener("change", () => this.#choose(this.#chooseAll.checked), listen);
    this.#body.addEventListener("change", () => this.#showChosen(), listen);
  }

  /** Look at them. */
  load() {
    byId("letters-answer").textContent = "";
    return this.#load();
  }

  #load() {
    return tryTo(
      byId("letters-error"),
      this.#signal,
      async () => {
        const query = { ...this.#wanted(), limit: LIMIT };
        const { data, more } = await this.#api.letters(query, this.#signal);
        this.#show(data, more);
      },
      { isRepeated: false },
    );
  }

  /** @param {Letter[]} letters @param {boolean} more */
  #show(letters, more) {
    forgetTimes(this.#body);
    this.#boxes.clear();
    this.#body.replaceChildren(...letters.map((letter) => this.#rowOf(letter)));
    byId("letters").hidden = letters.length === 0;
    byId("letters-empty").hidden = letters.length > 0;
    buttonById("redrive-all").hidden = letters.length === 0;
    const number = `${letters.length}${more ? "+" : ""}`;
    byId("letters-count").textContent =
      letters.length === 0 ? "" : `${number} ${letters.length === 1 && !more ? "letter" : "letters"}`;
    this.#choose(false);
  }

  /** @param {Letter} letter */
  #rowOf(letter) {
    const { id, reason, user_id: user, notification_type: channel } = letter;
    const box = element("input", { type: "checkbox", "aria-label": `Choose ${id}` });
    this.#boxes.set(id, box);
    const why = element("strong", {}, letterReasonLabel(reason));
    const last = letter.last_attempt;
    const words = last?.provider
      ? `${providerLabel(last.provider)} ${outcomeLabel(last.outcome)}: ${[last.code, last.detail].filter(Boolean).join(" · ")}`
      : id;
    const what =
      user === undefined
        ? element("span", {}, why, " ", words)
        : element("button", { type: "button", class: "open", dir: "auto" }, why, " ", words);
    what.addEventListener("click", () => {
      if (user !== undefined) {
        openTimeline({ api: this.#api, user: String(user), id, signal: this.#signal });
      }
    });
    return element(
      "tr",
      { role: "row", "data-id": id },
      cell("narrow", box),
      cell("what", what),
      cell("to", element("bdi", {}, String(user ?? "–"))),
      cell("channel-cell", channel ? channelBadge(channel) : "–"),
      cell("number", String(letter.attempt_count ?? "–")),
      cell("when", letter.failed_at ? agoElement(letter.failed_at) : "–"),
    );
  }

  async #redriveAll() {
    const wanted = this.#wanted();
    const isAll = Object.keys(wanted).length === 0;
    const question = {
      title: isAll ? "Send all dead letters again?" : "Send these dead letters again?",
      text: "Each starts over with all its tries. What was sent meanwhile is not sent twice.",
      yes: "Send again",
      no: "Cancel",
    };
    if (await isConfirmed(question)) {
      await this.#redrive(isAll ? { all: true } : wanted);
    }
  }

  /** @param {Record<string, unknown>} wanted */
  async #redrive(wanted) {
    byId("letters-answer").textContent = "";
    let done = 0;
    /** @type {{id: string, reason: string}[]} */
    let skipped = [];
    const redriveSome = async () => {
      const report = await this.#api.redrive(wanted, this.#signal);
      done += report.redriven;
      skipped = report.skipped;
      // It looks at so many in one call; one that moved nothing has come to the end.
      return report.more && report.redriven > 0;
    };
    let more = true;
    while (more) {
      more = await tryTo(byId("letters-error"), this.#signal, redriveSome, { isRepeated: false });
      more &&= byId("letters-error").textContent === "";
    }
    if (!this.#signal.aborted && byId("letters-error").textContent === "") {
      await this.#load();
      byId("letters-answer").textContent = reportText(done, skipped);
    }
  }

  #wanted() {
    const values = /** @type {[string, string][]} */ ([...new FormData(this.#filter)]);
    return Object.fromEntries(values.filter(([, value]) => value));
  }

  #chosen() {
    return [...this.#boxes].filter(([, box]) => box.checked).map(([id]) => id);
  }

  /** @param {boolean} areChosen */
  #choose(areChosen) {
    this.#boxes.forEach((box) => {
      box.checked = areChosen;
    });
    this.#showChosen();
  }

  #showChosen() {
    const chosen = this.#chosen().length;
    const button = buttonById("redrive-chosen");
    button.hidden = chosen === 0;
    button.textContent = `Send ${chosen} again`;
    this.#chooseAll.checked = chosen > 0 && chosen === this.#boxes.size;
    this.#chooseAll.indeterminate = chosen > 0 && chosen < this.#boxes.size;
  }

  /** @param {string} id of a button @param {() => Promise<unknown>} work */
  #on(id, work) {
    const button = buttonById(id);
    button.addEventListener("click", () => whileBusy(button, work), { signal: this.#signal });
  }
}

/** @param {number} done @param {{id: string, reason: string}[]} skipped */
function reportText(done, skipped) {
  const sent = `${done} ${done === 1 ? "is" : "are"} on the way again.`;
  const left = skipped.map(({ id, reason }) => `${id}: ${letterReasonLabel(reason).toLowerCase()}`);
  return left.length === 0 ? sent : `${sent} Left alone: ${left.join("; ")}.`;
}
