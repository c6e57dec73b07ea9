/**
 * One user's inbox on one device: what it holds, what is done to it, and who is told of it.
 *
 * @typedef {import("./client.js").ConnectionState} ConnectionState
 * @typedef {import("./client.js").Notification} Notification
 * @typedef {import("./client.js").Options} Options
 * @typedef {import("./client.js").Snapshot} Snapshot
 * @typedef {import("./replica.js").Entry} Entry
 * @typedef {import("./replica.js").Frame} Frame
 * @typedef {import("./replica.js").Page} Page
 */

import { Changes } from "./changes.js";
import { Link } from "./link.js";
import { Problem } from "./problem.js";
import { Replica, STATES } from "./replica.js";
import { WEBSOCKET_URL } from "./service.js";
import { Socket } from "./socket.js";
import { TIMING } from "./timing.js";
import { UserApi } from "./user_api.js";

const PAGE = 50;

export class Inbox {
  #api;
  #websocket;
  #timing;
  #link;
  #replica = new Replica(PAGE);
  /** @type {Socket | null} */
  #socket = null;
  #changes = new Changes({
    ask: (frame) => (this.#socket?.isOpen ? this.#socket.ask(frame) : null),
    call: (method, path, body, keepalive) => this.#api.call(method, path, { body, keepalive }),
    received: (frame) => this.#replica.received(frame),
    changed: () => this.#changed(),
  });
  /** @type {Set<(snapshot: Snapshot) => void>} */
  #listeners = new Set();
  /** @type {ConnectionState} */
  #state = "connecting";
  /** @type {Problem | null} */
  #problem = null;
  #isLoaded = false;
  /** @type {Map<string, {body: object, read: boolean, seen: boolean, notification: any}>} */
  #shown = new Map();
  /** @type {Set<string>} what is no news any more */
  #known = new Set();
  /** @type {Notification[]} */
  #arrived = [];
  /** @type {Promise<void> | null} */
  #loading = null;
  #isTelling = false;

  /** @param {Options} options */
  constructor({ api, user, token, websocket, timing }) {
    this.#api = new UserApi(api, user, token);
    this.#websocket = websocket;
    this.#timing = { ...TIMING, ...timing };
    this.#link = new Link(
      {
        converse: (signal) => this.#converse(signal),
        poll: (signal) => this.#poll(signal),
        isLoaded: () => this.#isLoaded,
        isWorthATry: () => this.#state !== "unauthorized" || this.#api.tokens.areRenewable,
        tell: (state, problem) => this.#tell(state, problem),
      },
      this.#timing,
    );
  }

  // --- what there is

  /**
   * Be told of everything that changes, at most once in a turn of the event loop.
   *
   * @param {(snapshot: Snapshot) => void} listener
   * @returns {() => void} ends it
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @returns {readonly Notification[]} those that are loaded, newest first */
  get notifications() {
    return this.#replica.notifications
      .map((entry) => this.#changes.applied(entry))
      .filter(({ archived }) => !archived)
      .map((entry) => this.#notificationOf(entry));
  }

  /** How many are unread, those that are not loaded included: exact up to 1,000. */
  get unread() {
    const known = this.#replica.notifications;
    const shown = known.map((entry) => this.#changes.applied(entry)).filter(isUnread).length;
    if (this.#changes.readsAll) {
      return shown;
    }
    return Math.max(0, this.#replica.unread - known.filter(isUnread).length + shown);
  }

  /** Whether there are more than 1,000. */
  get unreadCapped() {
    return this.#replica.unreadCapped && !this.#changes.readsAll;
  }

  get state() {
    return this.#state;
  }

  /** Whether there may be notifications that are older than those that are loaded. */
  get hasOlder() {
    return this.#replica.hasOlder;
  }

  /** @returns {Snapshot} */
  get snapshot() {
    return {
      notifications: this.notifications,
      unread: this.unread,
      unreadCapped: this.unreadCapped,
      state: this.#state,
      isLoaded: this.#isLoaded,
      hasOlder: this.hasOlder,
      error: this.#problem,
      arrived: [],
    };
  }

  // --- what is done: shown at once, and taken back where the promise is rejected

  /**
   * @param {string | string[]} ids
   * @param {{leaving?: boolean}} [options] leaving: the page goes away now
   */
  markRead(ids, { leaving = false } = {}) {
    return this.#mark("read", ids, leaving);
  }

  /** @param {string | string[]} ids */
  markUnread(ids) {
    return this.#mark("unread", ids);
  }

  /** @param {string | string[]} ids */
  markSeen(ids) {
    return this.#mark("seen", ids);
  }

  /** @param {string | string[]} ids */
  archive(ids) {
    return this.#mark("archived", ids);
  }

  /** @param {string | string[]} ids */
  unarchive(ids) {
    return this.#mark("unarchived", ids);
  }

  /** Take all as read that there is: up to the newest one that is loaded, and all older ones. */
  async markAllRead() {
    const [newest] = this.notifications;
    if (newest && this.unread > 0) {
      await this.#changes.readAll(newest.id);
    }
  }

  /** Load the next older page, if there is one. */
  loadOlder() {
    this.#loading ??= this.#loadOlder().finally(() => {
      this.#loading = null;
      this.#changed();
    });
    return this.#loading;
  }

  /** Connect again now, whatever the state. */
  retry() {
    this.#link.restart();
  }

  /**
   * Go on with another token, or another function that gets them.
   *
   * @param {import("./tokens.js").TokenSource} source
   */
  setToken(source) {
    this.#api.tokens.replace(source);
    if (this.#state !== "live" && this.#state !== "paused") {
      this.#link.restart();
    }
  }

  /** Disconnect for good. */
  close() {
    this.#link.close();
    this.#api.close();
    this.#listeners.clear();
  }

  // --- how

  /** @param {import("./changes.js").State} state @param {string | string[]} ids */
  async #mark(state, ids, leaving = false) {
    const [flag, value] = STATES[state];
    const others = [ids].flat().filter((id) => {
      const entry = this.#replica.find(id);
      return !entry || this.#changes.applied(entry)[flag] !== value;
    });
    await this.#changes.mark(state, others, leaving);
  }

  /** @param {AbortSignal} signal @returns {Promise<boolean>} */
  async #converse(signal) {
    const ticket = await this.#api.tokens.get();
    signal.throwIfAborted();
    const address = socketAddress(ticket.websocket_url ?? this.#websocket ?? WEBSOCKET_URL);
    address.searchParams.set("token", ticket.token);
    const socket = new Socket(address, {
      replica: this.#replica,
      timing: this.#timing,
      onFrame: (frame) => this.#onFrame(frame),
    });
    this.#socket = socket;
    const listening = new AbortController();
    const close = () => socket.close();
    signal.addEventListener("abort", close, { signal: listening.signal });
    globalThis.addEventListener?.("offline", close, { signal: listening.signal });
    await socket.ended;
    listening.abort();
    this.#socket = null;
    return socket.answered;
  }

  /** @param {Frame} frame */
  #onFrame(frame) {
    const isOlder = frame.type === "sync" && String(frame.ref).startsWith("older-");
    this.#takeNote(isOlder || !this.#isLoaded);
    if (frame.type === "sync" && this.#replica.hasSynced && this.#state !== "live") {
      this.#isLoaded = true;
      this.#tell("live");
    }
  }

  /** @param {AbortSignal} signal */
  async #poll(signal) {
    const page = await this.#api.call("GET", `inbox?limit=${PAGE}`, { signal });
    if (!this.#replica.snapshot(page)) {
      this.#replica = new Replica(PAGE); // too much is new: what is in between is not known
      this.#replica.snapshot(page);
    }
    this.#takeNote(!this.#isLoaded);
    this.#isLoaded = true;
  }

  async #loadOlder() {
    const before = this.#replica.oldest;
    while (this.hasOlder && this.#replica.oldest === before) {
      const socket = this.#socket?.answered && this.#socket.isOpen ? this.#socket : null;
      const frame = socket && this.#replica.older();
      if (!frame) {
        await this.#loadOlderPages();
        return;
      }
      await socket.ask(frame); // a page may be empty and still have a next one
    }
  }

  /** Walk over HTTP to below the oldest one that is loaded. */
  async #loadOlderPages() {
    const { oldest } = this.#replica;
    /** @type {Page[]} */
    const pages = [];
    let last;
    do {
      const from = last ? `&cursor=${encodeURIComponent(String(last.next))}` : "";
      last = /** @type {Page} */ (await this.#api.call("GET", `inbox?limit=100${from}`));
      pages.push(last);
    } while (last.next !== null && !(String(last.data.at(-1)?.id) < oldest));
    this.#replica.takeOlderPages(pages);
    this.#takeNote(true);
  }

  /** See what is new. @param {boolean} isOld it was there before this device was */
  #takeNote(isOld) {
    const unknown = this.#replica.notifications.filter(({ id }) => !this.#known.has(id));
    for (const entry of unknown.reverse()) {
      this.#known.add(entry.id);
      if (!isOld) {
        this.#arrived.push(this.#notificationOf(this.#changes.applied(entry)));
      }
      if (entry.body.truncated) {
        this.#fetchWhole(entry.id);
      }
    }
    this.#changed();
  }

  /** Fetch what was too large for a frame. @param {string} id */
  async #fetchWhole(id) {
    try {
      const notification = await this.#api.call("GET", `notifications/${encodeURIComponent(id)}`);
      this.#replica.received({ type: "notification", notification });
      this.#changed();
    } catch {
      this.#known.delete(id); // with the next frame it is tried again
    }
  }

  /** @param {ConnectionState} state @param {Problem} [problem] */
  #tell(state, problem) {
    this.#state = state;
    this.#problem = problem ?? null;
    this.#changed();
  }

  /** Tell the listeners, once for all that happens in this turn. */
  #changed() {
    if (this.#isTelling) {
      return;
    }
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      const snapshot = { ...this.snapshot, arrived: this.#arrived.splice(0) };
      for (const listener of [...this.#listeners]) {
        try {
          listener(snapshot);
        } catch (error) {
          reportError(error); // it is the page's: the others are told all the same
        }
      }
    });
  }

  /** The same object for as long as it says the same. @param {Entry} entry @returns {Notification} */
  #notificationOf(entry) {
    const { id, body, read, seen, archived } = entry;
    const shown = this.#shown.get(id);
    if (shown?.body === body && shown.read === read && shown.seen === seen) {
      return shown.notification;
    }
    const notification = Object.freeze({ ...body, read, seen, archived });
    this.#shown.set(id, { body, read, seen, notification });
    return /** @type {any} */ (notification);
  }
}

/** @param {Entry} entry */
const isUnread = ({ read, archived }) => !read && !archived;

/** @param {string | URL} address @returns {URL} */
function socketAddress(address) {
  if (!address) {
    throw new Problem(0, { code: "no_websocket", detail: "No WebSocket address is known." });
  }
  return new URL(address);
}
