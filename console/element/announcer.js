/** Says what arrives to whoever listens to a screen reader: politely, and once for many. */

import { element } from "./dom.js";
import { countText } from "./strings.js";
import { labelOf } from "./text.js";

const GATHER_MS = 500;

export class Announcer {
  element = element("div", { class: "hidden", role: "status", "aria-live": "polite" });
  /** @type {import("../client/client.js").Notification[]} */
  #arrived = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #strings;
  #locale;

  /** @param {import("./strings.js").Strings} strings @param {string} [locale] */
  constructor(strings, locale) {
    this.#strings = strings;
    this.#locale = locale;
  }

  /** @param {readonly import("../client/client.js").Notification[]} arrived */
  add(arrived) {
    this.#arrived.push(...arrived);
    if (arrived.length > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#say(this.#arrived.splice(0)), GATHER_MS);
    }
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** @param {import("../client/client.js").Notification[]} arrived */
  #say(arrived) {
    const strings = this.#strings;
    const text =
      arrived.length === 1
        ? strings.arrivedOne(labelOf(arrived[0], strings.untitled))
        : strings.arrivedMany(countText(arrived.length, false, this.#locale));
    // A new element, so that the same text is said again.
    this.element.replaceChildren(element("span", { dir: "auto" }, text));
  }
}
