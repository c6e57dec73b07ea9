/**
 * One row of the notifications table.
 *
 * @typedef {import("./api.js").Notification} Notification
 */

import { element } from "../element/dom.js";
import { channelBadge, statusBadge } from "./labels.js";
import { agoElement, forgetTimes, momentElement } from "./times.js";
import { isOpen } from "./waiting.js";

/** A cell shows one line of it; 64 KB in every row would make the page slow. */
const SHOWN_CHARACTERS = 300;

export class Row {
  element;
  id;
  #status = cell("status");
  #time = cell("when");
  #shown = "";
  #isOpen = true;

  /**
   * @param {Notification} notification
   * @param {(id: string) => void} onOpen called when the row is chosen
   */
  constructor(notification, onOpen) {
    const { id, subject, content, notification_type: channel, to } = notification;
    // One button a row for the keyboard; the stylesheet stretches it over the whole row.
    const button = element("button", { type: "button", class: "open", dir: "auto" });
    if (subject) {
      button.append(element("strong", {}, subject.slice(0, SHOWN_CHARACTERS)), " ");
    }
    button.append(content.slice(0, SHOWN_CHARACTERS));
    button.addEventListener("click", () => onOpen(id));

    this.id = id;
    this.element = element(
      "tr",
      { role: "row", "data-id": id },
      cell("what", button),
      cell("channel-cell", channelBadge(channel)),
      cell("to", element("bdi", {}, to ?? "")),
      this.#status,
      this.#time,
    );
    this.update(notification);
  }

  /** Whether its status may change by itself before long. */
  get isOpen() {
    return this.#isOpen;
  }

  /** @param {Notification} notification as it is now */
  update(notification) {
    const { status, timestamp, send_at: due } = notification;
    this.#isOpen = isOpen(notification);
    if (status === this.#shown) {
      return; // its time is that of its status
    }
    const badge = statusBadge(status);
    badge.classList.toggle("changed", this.#shown !== "");
    forgetTimes(this.#time);
    this.#status.replaceChildren(badge);
    if (status === "scheduled" && due) {
      this.#time.replaceChildren("for ", momentElement(due));
    } else {
      this.#time.replaceChildren(agoElement(timestamp));
    }
    this.#shown = status;
  }
}

/**
 * @param {string} className
 * @param {...(Node | string)} children
 */
export function cell(className, ...children) {
  return element("td", { role: "cell", class: className }, ...children);
}
