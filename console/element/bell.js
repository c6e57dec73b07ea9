/** The button that opens the panel and shows how many are unread. */

import { element, icon, setAttribute, setText } from "./dom.js";
import { countText } from "./strings.js";

export class Bell {
  #badge = element("span", { part: "badge", class: "badge", "aria-hidden": "true" });
  element = element(
    "button",
    { part: "bell", type: "button", class: "bell", "aria-haspopup": "dialog" },
    icon("bell"),
    this.#badge,
  );
  #strings;
  #locale;

  /** @param {import("./strings.js").Strings} strings @param {string} [locale] */
  constructor(strings, locale) {
    this.#strings = strings;
    this.#locale = locale;
    this.show(0, false);
    this.showOpen(false);
  }

  /** @param {number} unread @param {boolean} isCapped */
  show(unread, isCapped) {
    const text = countText(unread, isCapped, this.#locale);
    setText(this.#badge, text);
    this.#badge.hidden = unread === 0;
    setAttribute(this.element, "aria-label", this.#strings.bell(text, unread > 0));
  }

  /** @param {boolean} isOpen */
  showOpen(isOpen) {
    setAttribute(this.element, "aria-expanded", String(isOpen));
  }
}
