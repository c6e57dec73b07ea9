/**
 * What the element consists of, in its shadow root: the bell and the panel, or the panel alone.
 *
 * @typedef {import("../client/client.js").Snapshot} Snapshot
 * @typedef {import("./strings.js").Strings} Strings
 */

import { Announcer } from "./announcer.js";
import { Bell } from "./bell.js";
import { setAttribute } from "./dom.js";
import { Panel } from "./panel.js";
import { keepPlaced } from "./placing.js";
import { Seen } from "./seen.js";
import { localeOf } from "./strings.js";
import { styleSheet } from "./styles.js";

export class View {
  panel;
  #bell;
  #announcer;
  #seen;
  #isInline;
  #onToggle;
  #leavePlace = () => {};

  /**
   * @param {HTMLElement & {shadowRoot: ShadowRoot}} host
   * @param {object} options
   * @param {Strings} options.strings
   * @param {boolean} options.isInline without a bell: the panel stands where the element is
   * @param {import("./panel.js").PanelDoings & import("./item.js").Doings} options.doings
   * @param {(ids: string[]) => void} options.onSeen
   * @param {(isOpen: boolean) => void} options.onToggle
   */
  constructor(host, { strings, isInline, doings, onSeen, onToggle }) {
    const locale = localeOf(host);
    this.#isInline = isInline;
    this.#onToggle = onToggle;
    this.#seen = new Seen(onSeen);
    this.#bell = new Bell(strings, locale);
    this.#announcer = new Announcer(strings, locale);
    this.panel = new Panel(strings, doings, {
      locale,
      doings,
      onShown: (item, id) => this.#seen.watch(item, id),
    });
    const panel = this.panel.element;
    host.shadowRoot.adoptedStyleSheets = [styleSheet()];
    if (isInline) {
      setAttribute(panel, "role", "region");
      host.shadowRoot.replaceChildren(panel, this.#announcer.element);
      this.panel.list.clock.start();
    } else {
      setAttribute(panel, "role", "dialog");
      setAttribute(panel, "popover", "auto"); // closed by Escape and by a click beside it
      panel.addEventListener("beforetoggle", (event) => this.#beforeToggle(event));
      panel.addEventListener("toggle", (event) => this.#toggled(event));
      this.#bell.element.popoverTargetElement = panel;
      host.shadowRoot.replaceChildren(this.#bell.element, panel, this.#announcer.element);
    }
  }

  get isOpen() {
    return this.#isInline || this.panel.element.matches(":popover-open");
  }

  /** @param {Snapshot} snapshot */
  show(snapshot) {
    this.#bell.show(snapshot.unread, snapshot.unreadCapped);
    this.panel.show(snapshot);
    this.#announcer.add(snapshot.arrived);
  }

  open() {
    if (!this.isOpen) {
      this.panel.element.showPopover();
    }
  }

  close() {
    if (this.isOpen && !this.#isInline) {
      this.panel.element.hidePopover();
    }
  }

  /** End all that runs. */
  stop() {
    this.close();
    this.#leavePlace();
    this.panel.list.clock.stop();
    this.panel.notice.hide();
    this.#seen.stop();
    this.#announcer.stop();
  }

  /** @param {Event} event */
  #beforeToggle(event) {
    if (/** @type {ToggleEvent} */ (event).newState === "open") {
      this.panel.list.clock.start();
      // It can be measured once it is there, and must be in its place before it is painted.
      requestAnimationFrame(() => this.#place());
    } else if (this.panel.element.matches(":focus-within")) {
      this.#bell.element.focus(); // not somewhere: where it came from
    }
  }

  /** @param {Event} event */
  #toggled(event) {
    const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
    this.#bell.showOpen(isOpen);
    if (isOpen) {
      this.panel.focus();
    } else {
      this.#leavePlace();
      this.panel.list.clock.stop();
      this.panel.notice.hide();
    }
    this.#onToggle(isOpen);
  }

  #place() {
    this.#leavePlace();
    if (this.isOpen) {
      this.#leavePlace = keepPlaced(this.panel.element, this.#bell.element);
    }
  }
}
