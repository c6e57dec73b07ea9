/**
 * A user's notifications as a table whose statuses change while it is looked at.
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./api.js").Notification} Notification
 */

import { byId, whileBusy } from "./dom.js";
import { Row } from "./rows.js";
import { Poller, TRYING_AGAIN } from "./timing.js";

const PAGE = 20;
/** The API's longest page: older ones than these are looked up again only by a reload. */
const LONGEST_PAGE = 100;

export class NotificationTable {
  #api;
  #user;
  #onOpen;
  #signal;
  #poller;
  #body = byId("notifications").querySelector("tbody");
  #older = /** @type {HTMLButtonElement} */ (byId("older"));
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {string | null} where the page after the oldest row begins */
  #next = null;

  /**
   * @param {object} options
   * @param {Api} options.api
   * @param {string} options.user
   * @param {(id: string) => void} options.onOpen called when a notification is chosen
   * @param {AbortSignal} options.signal ends it
   */
  constructor({ api, user, onOpen, signal }) {
    this.#api = api;
    this.#user = user;
    this.#onOpen = onOpen;
    this.#signal = signal;
    this.#poller = new Poller(() => this.#tryTo(() => this.#loadNewest()), signal);
    this.#clear();
    byId("notifications").hidden = true;
    byId("table-empty").hidden = true;
    this.#older.hidden = true;
    byId("refresh").addEventListener("click", () => this.refresh(), { signal });
    const loadOlder = () => this.#tryTo(() => this.#loadOlder());
    this.#older.addEventListener("click", () => whileBusy(this.#older, loadOlder), { signal });
  }

  /** Load what is new, and go on for as long as something is pending. */
  refresh() {
    return this.#poller.wake();
  }

  async #loadNewest() {
    const limit = Math.min(LONGEST_PAGE, Math.max(PAGE, this.#rows.size));
    const { data, next } = await this.#list({ limit });
    const isConnected = data.some(({ id }) => this.#rows.has(id));
    if (!isConnected) {
      // The first page; or so much is new that there is a gap, and the list starts afresh.
      this.#clear();
      this.#next = next;
    }
    this.#put(data);
  }

  async #loadOlder() {
    const cursor = this.#next;
    const { data, next } = await this.#list({ limit: PAGE, cursor });
    if (this.#next === cursor) {
      // unless the list was started afresh meanwhile
      this.#next = next;
      this.#put(data);
    }
  }

  #list(query) {
    return this.#api.list(this.#user, query, this.#signal);
  }

  /** @param {Notification[]} notifications newest first */
  #put(notifications) {
    for (const notification of notifications) {
      const row = this.#rows.get(notification.id);
      if (row) {
        row.update(notification);
      } else {
        this.#insert(new Row(notification, this.#onOpen));
      }
    }
    byId("notifications").hidden = this.#rows.size === 0;
    byId("table-empty").hidden = this.#rows.size > 0;
    this.#older.hidden = this.#next === null;
  }

  /** Ids sort by time, and new rows are newer than most: look for the place from the top. */
  #insert(row) {
    const after = [...this.#body.rows].find(({ dataset }) => dataset.id < row.id) ?? null;
    this.#body.insertBefore(row.element, after);
    this.#rows.set(row.id, row);
  }

  #clear() {
    this.#rows.clear();
    this.#body.replaceChildren();
  }

  /** @returns {Promise<boolean>} whether something may change soon */
  async #tryTo(work) {
    const error = byId("table-error");
    try {
      await work();
      error.textContent = "";
      return [...this.#rows.values()].some((row) => row.isPending);
    } catch (problem) {
      if (this.#signal.aborted) {
        return false;
      }
      error.textContent = problem.passing ? TRYING_AGAIN : problem.message;
      return Boolean(problem.passing);
    }
  }
}
