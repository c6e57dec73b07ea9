/**
 * One notification in the list.
 *
 * @typedef {import("../client/client.js").Notification} Notification
 * @typedef {import("./strings.js").Strings} Strings
 *
 * @typedef {object} Doings what can be done to it
 * @property {(notification: Notification, event: MouseEvent) => void} open
 * @property {(notification: Notification) => void} toggleRead
 * @property {(notification: Notification) => void} archive
 */

import { element, icon, setAttribute, setText } from "./dom.js";
import { isLong, isVisible, labelOf, linkOf, previewOf } from "./text.js";

export class Item {
  element;
  time;
  #notification;
  #strings;
  /** The whole item is its button, or its link: it lies over the texts. */
  #open;
  #subject = element("p", { part: "subject", class: "subject", dir: "auto" });
  #content = element("p", { part: "content", class: "content", dir: "auto" });
  #more = element("button", { part: "more", type: "button", class: "more" });
  #toggle = element("button", { part: "action", type: "button", class: "action" });
  #archive = element("button", { part: "action", type: "button", class: "action" }, icon("archive"));
  #isExpanded = false;
  #isCurrent = false;

  /** @param {Notification} notification @param {Strings} strings @param {Doings} doings */
  constructor(notification, strings, doings) {
    this.#notification = notification;
    this.#strings = strings;
    const link = linkOf(notification);
    this.#open =
      link === null
        ? element("button", { part: "open", type: "button", class: "open" })
        : element("a", { part: "open", class: "open", href: link, rel: "noopener noreferrer" });
    this.time = element("time", { part: "time", datetime: notification.created_at });
    this.element = element(
      "li",
      { class: "item" },
      this.#open,
      element("span", { part: "unread-mark", class: "mark", "aria-hidden": "true" }),
      this.#subject,
      this.time,
      element("div", { class: "text" }, this.#content, this.#more),
      element("div", { part: "actions", class: "actions" }, this.#toggle, this.#archive),
    );
    this.#open.addEventListener("click", (event) =>
      doings.open(this.#notification, /** @type {MouseEvent} */ (event)),
    );
    this.#toggle.addEventListener("click", () => doings.toggleRead(this.#notification));
    this.#archive.addEventListener("click", () => doings.archive(this.#notification));
    this.#more.addEventListener("click", () => this.#expand(!this.#isExpanded));
    name(this.#archive, strings.archive);
    this.setCurrent(false);
    this.#show();
  }

  get notification() {
    return this.#notification;
  }

  /** @param {Notification} notification as it is now */
  update(notification) {
    if (notification !== this.#notification) {
      this.#notification = notification;
      this.#show();
    }
  }

  /** Let the keyboard come to it, or pass it by. @param {boolean} isCurrent */
  setCurrent(isCurrent) {
    this.#isCurrent = isCurrent;
    for (const control of [this.#open, this.#toggle, this.#archive, this.#more]) {
      control.tabIndex = isCurrent ? 0 : -1;
    }
  }

  get isCurrent() {
    return this.#isCurrent;
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#open.focus(options);
  }

  /** @param {boolean} isExpanded */
  #expand(isExpanded) {
    this.#isExpanded = isExpanded;
    this.#show();
  }

  #show() {
    const { subject, content, read, truncated } = this.#notification;
    const strings = this.#strings;
    const hasSubject = isVisible(subject);
    const text = truncated ? strings.loading : content;
    const label = labelOf(this.#notification, strings.untitled);
    setAttribute(this.element, "part", read ? "item" : "item item-unread");
    this.element.classList.toggle("unread", !read);
    this.element.classList.toggle("titled", hasSubject);
    this.element.classList.toggle("expanded", this.#isExpanded);
    this.#subject.hidden = !hasSubject;
    setText(this.#subject, hasSubject ? subject : "");
    setText(this.#content, this.#isExpanded ? text : previewOf(isVisible(text) ? text : label));
    this.#more.hidden = !isLong(text);
    setText(this.#more, this.#isExpanded ? strings.showLess : strings.showMore);
    setAttribute(this.#more, "aria-expanded", String(this.#isExpanded));
    setAttribute(this.#more, "aria-label", `${this.#more.textContent}: ${label}`);
    setAttribute(this.#open, "aria-label", read ? label : `${strings.unread}: ${label}`);
    this.#toggle.replaceChildren(icon(read ? "ring" : "check"));
    name(this.#toggle, read ? strings.markUnread : strings.markRead);
  }
}

/** @param {Element} control @param {string} text */
function name(control, text) {
  setAttribute(control, "aria-label", text);
  setAttribute(control, "title", text);
}
