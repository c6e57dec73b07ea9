/**
 * A user's inbox as one device knows it: frames in, frames out, and no connection of its own.
 *
 * It follows docs/protocol.md, step for step as clients/python/notificationd_client/replica.py does.
 * Frames may come in any order, twice, or not at all: whatever they say of a notification's state
 * carries the revision that said it, and the greatest one holds.
 *
 * @typedef {Record<string, any>} Frame what goes over a socket, read from JSON
 * @typedef {Record<string, any> & {id: string, read: boolean, seen: boolean, archived: boolean,
 *   truncated?: boolean}} Body a notification as the service sent it; its state may be out of date
 * @typedef {{id: string, body: Body, read: boolean, seen: boolean, archived: boolean}} Entry
 * @typedef {"read" | "seen" | "archived"} Flag
 * @typedef {{data: Body[], next: string | null, revision: number} & Frame} Page of HTTP's
 *
 * @typedef {object} Sync a sync that is under way
 * @property {string} ref
 * @property {boolean} first nothing is known yet, and older pages are not wanted
 * @property {boolean} complete it began at the oldest one that is known, so it tells every change
 * @property {string} since what the service says to send as `since` the next time
 * @property {number | null} revision of the first page
 *
 * @typedef {object} Older where the inbox goes on below the oldest notification that is known
 * @property {string | null} cursor of the next page, null where the last ones came over HTTP
 * @property {string | null} ref of the request that is under way, if any
 * @property {number | null} revision of the first page since the last one that was not empty
 */

/** @type {Flag[]} */
const FLAGS = ["read", "seen", "archived"];
/** What a state that the service names does: to which flag, and what it makes of it. */
export const STATES = /** @type {const} */ ({
  read: ["read", true],
  unread: ["read", false],
  seen: ["seen", true],
  unseen: ["seen", false],
  archived: ["archived", true],
  unarchived: ["archived", false],
});
const SMALLEST_ID = "00000000-0000-7000-8000-000000000000";
/** The revision of what a push says: everything else that is known is newer. */
const PUSHED = -1;

export class Replica {
  #limit;
  /** It knows all that is in the inbox from this id on. */
  #from = "";
  /** @type {string[]} ascending */
  #ids = [];
  /** @type {Map<string, Body>} */
  #bodies = new Map();
  /** @type {Map<string, Map<Flag, {revision: number, value: boolean}>>} */
  #flags = new Map();
  /** @type {{revision: number, upTo: string}[]} */
  #readAlls = [];
  #readUpTo = "";
  #count = { revision: -1, unread: 0, capped: false, settled: "", recent: new Set() };
  #revision = 0;
  /** @type {Set<number>} */
  #ahead = new Set();
  /** @type {Map<string, number>} what changes brought back, with their revisions */
  #lacking = new Map();
  /** @type {string | null} */
  #since = null;
  /** @type {Sync | null} */
  #sync = null;
  /** @type {Older | null} null where all of the inbox is known */
  #older = null;
  #syncs = 0;
  #failed = false;

  /** @param {number} [limit] notifications that a page is to have at most, 1 to 100 */
  constructor(limit = 50) {
    this.#limit = limit;
  }

  // --- what it knows

  /** @returns {Entry[]} what is in the inbox and not archived, newest first */
  get notifications() {
    return this.#ids
      .toReversed()
      .map((id) => this.#entry(id))
      .filter((entry) => !entry.archived);
  }

  /** @param {string} id @returns {Entry | undefined} whatever its state */
  find(id) {
    return this.#bodies.has(id) ? this.#entry(id) : undefined;
  }

  /** All that is in the inbox from this id on is known. */
  get oldest() {
    return this.#from;
  }

  /** How many are unread, those that are not loaded included: at most 1,000. */
  get unread() {
    const { unread, capped, settled, recent } = this.#count;
    const late = this.#ids.slice(placeOf(this.#ids, settled)).filter((id) => !recent.has(id));
    return capped ? unread : unread + late.filter((id) => this.#isUnread(id)).length;
  }

  /** Whether there are more than `unread` says. */
  get unreadCapped() {
    return this.#count.capped;
  }

  /** Whether it has synced, and so knows at least the newest part. */
  get hasSynced() {
    return this.#since !== null;
  }

  /** Whether it has synced and knows of no change that it was not told of. */
  get isCurrent() {
    return this.#sync === null && this.#since !== null && !this.hasGap;
  }

  /** Whether it has to sync soon: it was not told of something, or its sync has failed. */
  get hasGap() {
    return this.#failed || this.#ahead.size > 0 || this.#lacking.size > 0;
  }

  /** Whether an answer is waited for. */
  get isSyncing() {
    return this.#sync !== null;
  }

  /** Whether there may be notifications that are older than all that it knows. */
  get hasOlder() {
    return this.#older !== null;
  }

  // --- what it has to say

  /** @returns {Frame} what to send on a new connection */
  connected() {
    if (this.#older) {
      this.#older.ref = null;
    }
    return this.#begin(this.#since, false);
  }

  /** @returns {Frame | null} what to send from time to time; null while a sync is under way */
  refresh() {
    if (this.#sync) {
      return null;
    }
    if (this.hasGap && this.#since !== null) {
      return this.#begin(this.#from || SMALLEST_ID, true);
    }
    return this.#begin(this.#since, false);
  }

  /** @returns {Frame | null} what to send for the next older page; null if none is to be had */
  older() {
    if (!this.#older || this.#older.cursor === null || this.#older.ref !== null) {
      return null;
    }
    this.#syncs += 1;
    this.#older.ref = `older-${this.#syncs}`;
    return this.#nextPage(this.#older.ref, this.#older.cursor);
  }

  /** @param {Frame} frame @returns {Frame | null} what to send next, if anything */
  received(frame) {
    switch (frame.type) {
      case "notification":
        this.#merge(frame.notification, PUSHED);
        return null;
      case "state":
        this.#change(frame);
        return null;
      case "sync":
        return this.#page(frame);
      case "error":
        if (this.#sync && frame.ref === this.#sync.ref) {
          this.#sync = null;
          this.#failed = true;
        } else if (this.#older && frame.ref === this.#older.ref) {
          this.#older.ref = null;
        }
        return null;
      default:
        return null;
    }
  }

  // --- without a socket: pages of `GET /users/{id}/inbox`

  /**
   * Take in the newest page. It leaves out what is archived, and so tells of that, too.
   *
   * @param {Page} page
   * @returns {boolean} whether it reaches down to what was known; otherwise nothing is taken in
   */
  snapshot(page) {
    const lowest = page.next === null ? "" : page.data.at(-1)?.id;
    if (lowest === undefined || (this.#ids.length > 0 && lowest > this.#ids[this.#ids.length - 1])) {
      return false;
    }
    if (this.#since === null && (this.#ids.length === 0 || lowest === "")) {
      this.#from = lowest;
      this.#older = lowest === "" ? null : { cursor: null, ref: null, revision: null };
    }
    const listed = new Set(page.data.map(({ id }) => id));
    for (const id of this.#ids.slice(placeOf(this.#ids, lowest))) {
      if (!listed.has(id)) {
        this.#set(id, "archived", page.revision, true);
      }
    }
    for (const each of page.data) {
      this.#merge(each, page.revision);
    }
    this.#counted(page);
    return true;
  }

  /** Take in pages that lead from the newest one to below the oldest known. @param {Page[]} pages */
  takeOlderPages(pages) {
    const last = pages[pages.length - 1];
    if (!this.#older) {
      return;
    }
    const notifications = pages.flatMap(({ data }) => data);
    const revision = Math.min(...pages.map((page) => page.revision));
    this.#takeOlder({ notifications, next: last.next, revision }, this.#older);
    if (this.#older) {
      this.#older.cursor = null; // that of HTTP is none for a socket
    }
    for (const page of pages) {
      page.data.forEach((each) => this.#merge(each, page.revision));
      this.#counted(page);
    }
  }

  // --- how

  /** @param {string | null} since @param {boolean} complete @returns {Frame} */
  #begin(since, complete) {
    this.#syncs += 1;
    this.#failed = false;
    if (since === null) {
      // If anything is known, it came over HTTP: the first page says anew where it begins.
      this.#from = "";
      this.#older = null;
    }
    const ref = `sync-${this.#syncs}`;
    this.#sync = { ref, first: since === null, complete, since: "", revision: null };
    const frame = { action: "sync", ref, limit: this.#limit };
    return since === null ? frame : { ...frame, since };
  }

  /** @param {Frame} frame @returns {Frame | null} */
  #page(frame) {
    if (this.#older && frame.ref === this.#older.ref) {
      this.#takeOlder(frame, this.#older);
    }
    for (const each of frame.notifications) {
      this.#merge(each, frame.revision);
    }
    this.#counted(frame);
    const sync = this.#sync;
    if (!sync || frame.ref !== sync.ref) {
      return null; // an answer from an earlier connection: true, but not what is waited for
    }
    if (sync.revision === null) {
      sync.revision = frame.revision;
      sync.since = frame.since;
    }
    // A page may be empty and still have a next one: the service looks at so many at a time.
    if (frame.next !== null && !(sync.first && frame.notifications.length > 0)) {
      return this.#nextPage(sync.ref, frame.next);
    }
    if (frame.next !== null) {
      this.#beginAt(frame.notifications.at(-1).id);
      this.#older = { cursor: frame.next, ref: null, revision: null };
    }
    this.#sync = null;
    this.#since = sync.since;
    const revision = /** @type {number} */ (sync.revision);
    if (sync.complete || sync.first) {
      this.#told(revision);
      this.#lacking = new Map([...this.#lacking].filter(([, since]) => since > revision));
    } else if (revision > this.#revision) {
      return this.#begin(this.#from || SMALLEST_ID, true); // nobody told us of those changes
    }
    return null;
  }

  /** @param {string} ref @param {string} cursor @returns {Frame} */
  #nextPage(ref, cursor) {
    return { action: "sync", ref, limit: this.#limit, cursor };
  }

  /**
   * Know the inbox from further below on.
   *
   * What is known of all changes is so of what lay above. Where the page is from before a change
   * that was told of, or a sync is under way, this part has to be asked for once more.
   *
   * @param {Frame} frame
   * @param {Older} older
   */
  #takeOlder(frame, older) {
    const revision = older.revision ?? frame.revision;
    const isEmpty = frame.notifications.length === 0;
    this.#older =
      frame.next === null
        ? null
        : { cursor: frame.next, ref: null, revision: isEmpty ? revision : null };
    if (isEmpty && this.#older) {
      return;
    }
    this.#from = this.#older ? frame.notifications.at(-1).id : "";
    if (revision < Math.max(this.#revision, ...this.#ahead)) {
      this.#failed = true;
    }
    if (this.#sync) {
      this.#sync.complete = false;
    }
  }

  /** @param {Frame} frame */
  #change(frame) {
    const { revision, up_to: upTo } = frame;
    const [flag, value] = STATES[/** @type {keyof typeof STATES} */ (frame.state)];
    if (upTo !== undefined) {
      this.#readAlls = this.#readAlls.filter(
        (each) => each.revision > revision || each.upTo > upTo,
      );
      this.#readAlls.push({ revision, upTo });
    } else if (frame.state === "unarchived") {
      for (const id of frame.ids.filter((/** @type {string} */ id) => this.#lacks(id))) {
        this.#lacking.set(id, revision);
      }
    }
    for (const id of upTo === undefined ? frame.ids : this.#upTo(upTo)) {
      this.#set(id, flag, revision, value);
    }
    this.#counted(frame);
    if (revision > this.#revision) {
      this.#ahead.add(revision);
      this.#told(this.#revision);
    }
  }

  /** Forget what lies before the first page: in between there may be more. @param {string} oldest */
  #beginAt(oldest) {
    this.#from = oldest;
    const place = placeOf(this.#ids, oldest);
    for (const id of this.#ids.slice(0, place)) {
      this.#bodies.delete(id);
    }
    this.#ids = this.#ids.slice(place);
  }

  /** Take note that everything up to a revision is known. @param {number} revision */
  #told(revision) {
    this.#revision = Math.max(this.#revision, revision);
    while (this.#ahead.has(this.#revision + 1)) {
      this.#revision += 1;
    }
    this.#ahead = new Set([...this.#ahead].filter((each) => each > this.#revision));
  }

  /** @param {Body} body @param {number} revision */
  #merge(body, revision) {
    const { id } = body;
    if (id < this.#from) {
      return;
    }
    this.#lacking.delete(id);
    const isNew = !this.#bodies.has(id);
    if (isNew) {
      this.#ids.splice(placeOf(this.#ids, id), 0, id);
    }
    if (isNew || !body.truncated) {
      this.#bodies.set(id, body);
    }
    for (const flag of FLAGS) {
      this.#set(id, flag, revision, body[flag]);
    }
    if (revision === PUSHED && id <= this.#readUpTo) {
      this.#set(id, "read", PUSHED, true);
    }
    for (const readAll of this.#readAlls) {
      if (id <= readAll.upTo && readAll.revision > revision) {
        this.#set(id, "read", readAll.revision, true);
      }
    }
  }

  /** @param {string} id @param {Flag} flag @param {number} revision @param {boolean} value */
  #set(id, flag, revision, value) {
    const flags = this.#flags.get(id) ?? new Map();
    this.#flags.set(id, flags);
    if (revision >= (flags.get(flag)?.revision ?? PUSHED)) {
      flags.set(flag, { revision, value });
    }
  }

  /** @param {string} id @returns {string[]} those that are known, that one included */
  #upTo(id) {
    const place = placeOf(this.#ids, id);
    return this.#ids.slice(0, this.#ids[place] === id ? place + 1 : place);
  }

  /** @param {string} id */
  #lacks(id) {
    return id >= this.#from && !this.#bodies.has(id);
  }

  /** @param {Frame} frame */
  #counted(frame) {
    const upTo = frame.read_up_to ?? "";
    if (upTo > this.#readUpTo) {
      this.#readUpTo = upTo;
      for (const id of this.#upTo(upTo)) {
        this.#set(id, "read", PUSHED, true); // if no more is known of it than a push said
      }
    }
    if (frame.revision >= this.#count.revision) {
      const { revision, unread, unread_capped: capped, settled } = frame;
      this.#count = { revision, unread, capped, settled, recent: new Set(frame.recent) };
    }
  }

  /** @param {string} id */
  #isUnread(id) {
    const { read, archived } = this.#entry(id);
    return !read && !archived;
  }

  /** @param {string} id @returns {Entry} */
  #entry(id) {
    const flags = /** @type {Map<Flag, {value: boolean}>} */ (this.#flags.get(id));
    const [read, seen, archived] = FLAGS.map((flag) => Boolean(flags.get(flag)?.value));
    return { id, body: /** @type {Body} */ (this.#bodies.get(id)), read, seen, archived };
  }
}

/** @param {string[]} ids ascending @param {string} id @returns {number} where it is, or would be */
function placeOf(ids, id) {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle] < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
