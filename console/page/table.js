/**
 * A user's notifications as a table whose statuses change while it is looked at.
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./api.js").Notification} Notification
 */

import { buttonById, byId, formById, tryTo, whileBusy } from "./page.js";
import { Poller } from "./poller.js";
import { Row } from "./rows.js";
import { forgetTimes } from "./times.js";

const PAGE_ROWS = 20;
/** The API's longest page: older ones than these are looked up again only by a reload. */
const LONGEST_PAGE = 100;

export class NotificationTable {
  #api;
  #user;
  #onOpen;
  #signal;
  #poller;
  #body = /** @type {HTMLTableSectionElement} */ (byId("notifications").querySelector("tbody"));
  #older = buttonById("older");
  #filter = formById("filter");
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {string | null} where the page after the oldest row begins */
  #next = null;
  /** Changes with the filter: what was asked for before is not shown any more. */
  #asked = "";

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
    this.#filter.reset();
    this.#filter.addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.#filter.addEventListener("change", () => this.refresh(), { signal });
    byId("refresh").addEventListener("click", () => this.refresh(), { signal });
    const loadOlder = () => this.#tryTo(() => this.#loadOlder());
    this.#older.addEventListener("click", () => whileBusy(this.#older, loadOlder), { signal });
    this.#clear();
    byId("notifications").hidden = true;
    byId("table-empty").hidden = true;
    this.#older.hidden = true;
  }

  /** Load what is new, and go on: soon while something is to change, else slowly. */
  refresh() {
    return this.#poller.wake();
  }

  async #loadNewest() {
    const query = this.#query();
    const asked = JSON.stringify(query);
    const limit = Math.min(LONGEST_PAGE, Math.max(PAGE_ROWS, this.#rows.size));
    const { data, next } = await this.#list({ ...query, limit: String(limit) });
    const isConnected = data.some(({ id }) => this.#rows.has(id)) && asked === this.#asked;
    // With a status as the filter, rows leave the list as well.
    if (!isConnected || query.status) {
      // The first page; or so much is new that there is a gap, and the list starts afresh.
      this.#clear();
      this.#next = next;
      this.#asked = asked;
    }
    this.#put(data);
  }

  async #loadOlder() {
    const cursor = this.#next;
    const query = { ...this.#query(), limit: String(PAGE_ROWS), cursor: String(cursor) };
    const { data, next } = await this.#list(query);
    if (this.#next === cursor) {
      // unless the list was started afresh meanwhile
      this.#next = next;
      this.#put(data);
    }
  }

  /** @returns {Record<string, string>} */
  #query() {
    const values = /** @type {[string, string][]} */ ([...new FormData(this.#filter)]);
    return Object.fromEntries(values.filter(([, value]) => value));
  }

  /** @param {Record<string, string>} query */
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
  /** @param {Row} row */
  #insert(row) {
    const after = [...this.#body.rows].find(({ dataset }) => String(dataset.id) < row.id) ?? null;
    this.#body.insertBefore(row.element, after);
    this.#rows.set(row.id, row);
  }

  #clear() {
    this.#rows.clear();
    forgetTimes(this.#body);
    this.#body.replaceChildren(); // those of the user before as well
  }

  /** @param {() => Promise<void>} work @returns {Promise<import("./poller.js").Again>} */
  #tryTo(work) {
    return tryTo(byId("table-error"), this.#signal, async () => {
      await work();
      return [...this.#rows.values()].some((row) => row.isOpen) || "slowly";
    });
  }
}
