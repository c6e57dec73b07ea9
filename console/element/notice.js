/** A line at the panel's foot: what was just done and how to undo it, or what came to nothing. */

import { element, icon, setAttribute } from "./dom.js";

/** Time enough to read it and to reach for it; it stays while somebody does. */
const SHOWN_MS = 8_000;

export class Notice {
  element = element("div", { part: "notice", class: "notice" });
  #text = element("p", {});
  #dismiss;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import("./strings.js").Strings} strings */
  constructor(strings) {
    this.#dismiss = element(
      "button",
      { type: "button", class: "action", "aria-label": strings.dismiss, title: strings.dismiss },
      icon("close"),
    );
    this.#dismiss.addEventListener("click", () => this.hide());
    this.element.hidden = true;
  }

  /**
   * @param {string} text
   * @param {object} [options]
   * @param {boolean} [options.isError] read out at once, and left until it is dismissed
   * @param {{label: string, run: () => void}} [options.action]
   */
  show(text, { isError = false, action } = {}) {
    this.hide();
    setAttribute(this.element, "role", isError ? "alert" : "status");
    this.element.classList.toggle("error", isError);
    this.#text.textContent = text;
    this.element.hidden = false;
    this.element.replaceChildren(this.#text, ...this.#button(action), this.#dismiss);
    if (!isError) {
      this.#hideLater();
    }
  }

  hide() {
    clearTimeout(this.#timer);
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /** @param {{label: string, run: () => void} | undefined} action */
  *#button(action) {
    if (action) {
      const button = element("button", { type: "button", class: "quiet" }, action.label);
      button.addEventListener("click", () => {
        this.hide();
        action.run();
      });
      yield button;
    }
  }

  #hideLater() {
    this.#timer = setTimeout(() => {
      if (this.element.matches(":hover, :focus-within")) {
        this.#hideLater();
      } else {
        this.hide();
      }
    }, SHOWN_MS);
  }
}
