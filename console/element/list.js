/**
 * The notifications, newest first: each has one element for as long as it is there, so that the
 * focus, the scroll position and what is being read stay where they are.
 *
 * @typedef {import("../client/client.js").Notification} Notification
 */

import { Clock } from "./clock.js";
import { element } from "./dom.js";
import { Item } from "./item.js";

export class List {
  element = element("ul", { part: "list", class: "list", role: "list" });
  clock;
  /** @type {Map<string, Item>} in the order in which they are shown */
  #items = new Map();
  #strings;
  #doings;
  /** @type {(item: HTMLElement, id: string) => void} */
  #onShown;

  /**
   * @param {import("./strings.js").Strings} strings
   * @param {object} options
   * @param {string} [options.locale]
   * @param {import("./item.js").Doings} options.doings
   * @param {(item: HTMLElement, id: string) => void} options.onShown called for each new element
   */
  constructor(strings, { locale, doings, onShown }) {
    this.#strings = strings;
    this.#doings = doings;
    this.#onShown = onShown;
    this.clock = new Clock(locale);
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", ({ target }) => {
      const item = [...this.#items.values()].find((each) => each.element.contains(asNode(target)));
      this.#makeCurrent(item);
    });
  }

  get size() {
    return this.#items.size;
  }

  /**
   * @param {readonly Notification[]} notifications newest first
   * @param {ReadonlySet<string>} arrived those that have just come
   */
  show(notifications, arrived) {
    const before = [...this.#items.values()];
    const focused = before.findIndex((item) => item.element.matches(":focus-within"));
    const wanted = new Map(notifications.map((each) => [each.id, each]));
    before.filter((item) => !wanted.has(item.notification.id)).forEach((item) => this.#remove(item));
    /** @type {Map<string, Item>} */
    const items = new Map();
    let next = this.element.firstElementChild;
    for (const notification of notifications) {
      const item = this.#items.get(notification.id) ?? this.#add(notification, arrived);
      item.update(notification);
      items.set(notification.id, item);
      if (item.element === next) {
        next = next.nextElementSibling;
      } else {
        this.element.insertBefore(item.element, next);
      }
    }
    this.#items = items;
    this.#keepFocus(before, focused);
  }

  /** Go to the one that the keyboard was at last, or to the newest. @returns {boolean} whether */
  focus() {
    const items = [...this.#items.values()];
    const item = items.find((each) => each.isCurrent) ?? items[0];
    item?.focus({ preventScroll: true });
    return item !== undefined;
  }

  /** @param {Notification} notification @param {ReadonlySet<string>} arrived */
  #add(notification, arrived) {
    const item = new Item(notification, this.#strings, this.#doings);
    item.element.classList.toggle("arrived", arrived.has(notification.id));
    this.clock.add(item.time);
    this.#onShown(item.element, notification.id);
    return item;
  }

  /** @param {Item} item */
  #remove(item) {
    this.clock.delete(item.time);
    item.element.remove();
  }

  /**
   * When the focused one has gone, the focus goes to that which took its place.
   *
   * @param {Item[]} before
   * @param {number} focused its place, -1 if none was
   */
  #keepFocus(before, focused) {
    const items = [...this.#items.values()];
    const isLeft = (/** @type {Item} */ item) => this.#items.has(item.notification.id);
    if (focused >= 0 && !isLeft(before[focused])) {
      const heir =
        before.slice(focused).find(isLeft) ?? before.slice(0, focused).findLast(isLeft) ?? items[0];
      heir?.focus();
    }
    if (!items.some((item) => item.isCurrent)) {
      this.#makeCurrent(items[0]);
    }
  }

  /** @param {Item | undefined} item */
  #makeCurrent(item) {
    if (item && !item.isCurrent) {
      this.#items.forEach((each) => each.setCurrent(each === item));
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const items = [...this.#items.values()];
    const at = items.findIndex((item) => item.element.contains(asNode(event.target)));
    /** @type {Record<string, number>} */
    const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    if (event.key === "Delete") {
      this.#doings.archive(items[at].notification);
    } else if (event.key in places) {
      items[Math.min(Math.max(places[event.key], 0), items.length - 1)].focus();
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** @param {EventTarget | null} target */
const asNode = (target) => /** @type {Node | null} */ (target);
