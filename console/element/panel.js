/**
 * The panel: a head, the list or what stands in its place, and a foot.
 *
 * @typedef {import("../client/client.js").Snapshot} Snapshot
 * @typedef {import("./strings.js").Strings} Strings
 *
 * @typedef {object} PanelDoings
 * @property {() => void} markAllRead
 * @property {() => void} loadOlder
 * @property {() => void} retry
 * @property {() => void} close
 */

import { element, icon, setAttribute, setText } from "./dom.js";
import { List } from "./list.js";
import { Notice } from "./notice.js";

const SKELETONS = 4;

export class Panel {
  element;
  list;
  notice;
  #strings;
  #status = element("span", { part: "status", class: "status" });
  #markAll;
  #older;
  #loading = element(
    "div",
    { part: "loading", class: "loading" },
    ...Array.from({ length: SKELETONS }, () => element("div", { class: "skeleton" })),
  );
  #message = element("div", { part: "message", class: "message" });
  #shownMessage = "";
  #doings;

  /**
   * @param {Strings} strings
   * @param {PanelDoings} doings
   * @param {ConstructorParameters<typeof List>[1]} listOptions
   */
  constructor(strings, doings, listOptions) {
    this.#strings = strings;
    this.#doings = doings;
    this.list = new List(strings, listOptions);
    this.notice = new Notice(strings);
    this.#markAll = button("mark-all", strings.markAllRead, doings.markAllRead, icon("checks"));
    this.#older = button("load-older", strings.loadOlder, doings.loadOlder);
    const close = element(
      "button",
      { part: "close", type: "button", class: "action close", "aria-label": strings.close },
      icon("close"),
    );
    close.addEventListener("click", doings.close);
    this.element = element(
      "section",
      { part: "panel", class: "panel", tabindex: "-1", "aria-labelledby": "title" },
      element(
        "header",
        { part: "header", class: "header" },
        element("h2", { part: "title", id: "title" }, strings.title),
        this.#status,
        this.#markAll,
        close,
      ),
      element(
        "div",
        { part: "body", class: "body" },
        this.#loading,
        this.#message,
        this.list.element,
        this.#older,
      ),
      this.notice.element,
    );
  }

  /** @param {Snapshot} snapshot */
  show(snapshot) {
    const { notifications, arrived, state, isLoaded, hasOlder, unread, error } = snapshot;
    const waits = !isLoaded && !error && state !== "unauthorized";
    setText(this.#status, this.#strings.states[state]);
    setAttribute(this.#status, "data-state", state);
    setAttribute(this.element, "aria-busy", String(waits));
    setAttribute(this.#markAll, "aria-disabled", unread === 0 && "true");
    this.#loading.hidden = !waits;
    this.list.element.hidden = notifications.length === 0;
    this.list.show(notifications, new Set(arrived.map(({ id }) => id)));
    this.#older.hidden = !isLoaded || !hasOlder;
    this.#showMessage(waits || notifications.length > 0 || hasOlder ? "" : messageFor(snapshot));
  }

  /** @param {boolean} isLoading */
  showLoadingOlder(isLoading) {
    setAttribute(this.#older, "aria-disabled", isLoading && "true");
    setText(this.#older, isLoading ? this.#strings.loading : this.#strings.loadOlder);
  }

  /** Give the keyboard a place to begin. */
  focus() {
    if (!this.list.focus()) {
      this.element.focus({ preventScroll: true });
    }
  }

  /** @param {"" | "empty" | "failed" | "signedOut"} kind */
  #showMessage(kind) {
    this.#message.hidden = kind === "";
    if (kind === this.#shownMessage || kind === "") {
      this.#shownMessage = kind;
      return;
    }
    this.#shownMessage = kind;
    const strings = this.#strings;
    this.#message.replaceChildren(
      icon(kind === "empty" ? "inbox" : "warning"),
      element("p", { class: "message-title" }, strings[`${kind}Title`]),
      element("p", {}, strings[`${kind}Text`]),
    );
    if (kind !== "empty") {
      this.#message.append(button("retry", strings.retry, this.#doings.retry));
    }
  }
}

/** @param {Snapshot} snapshot @returns {"empty" | "failed" | "signedOut"} */
function messageFor({ isLoaded, state }) {
  if (isLoaded) {
    return "empty";
  }
  return state === "unauthorized" ? "signedOut" : "failed";
}

/** @param {string} part @param {string} text @param {() => void} run @param {Element} [drawing] */
function button(part, text, run, drawing) {
  const made = element("button", { part, type: "button", class: `quiet ${part}` });
  made.append(...(drawing ? [drawing] : []), text);
  made.addEventListener("click", () => {
    if (made.ariaDisabled !== "true") {
      run();
    }
  });
  return made;
}
