/**
 * What the user has changed and the service has not confirmed yet: shown at once, taken back if it
 * comes to nothing.
 *
 * Changes are made one after the other: two frames sent right after each other may be acted on in
 * the other order. Each goes over the socket or, where there is none or it does not answer, over
 * HTTP. To ask for the same once more is harmless.
 *
 * @typedef {import("./replica.js").Entry} Entry
 * @typedef {import("./replica.js").Frame} Frame
 * @typedef {import("./replica.js").Flag} Flag
 * @typedef {keyof typeof STATES} State
 *
 * @typedef {object} Way how changes reach the service
 * @property {(frame: Frame) => Promise<Frame> | null} ask over the socket; null if there is none
 * @property {(method: string, path: string, body: unknown, keepalive: boolean) => Promise<any>} call
 * @property {(frame: Frame) => void} received takes in what an answer over HTTP tells
 * @property {() => void} changed called when what is shown may have changed
 *
 * @typedef {object} Change
 * @property {string} ref
 * @property {State} state
 * @property {Set<string>} ids
 * @property {string | null} upTo all up to that one, in place of ids
 * @property {boolean} leaving the page goes away now
 * @property {boolean} started
 * @property {PromiseWithResolvers<void>} outcome
 */

import { asProblem } from "./problem.js";
import { STATES } from "./replica.js";
import { pause } from "./timing.js";

/** What sockets call it. The other states are to be had over HTTP only. */
const ACTIONS = { read: "read", unread: "unread", seen: "seen", archived: "archive" };
/** The service makes so many in one go: all of them or none. */
const TOGETHER = 24;
/** A change that fails for a passing reason is tried again after these waits, and then taken back. */
const WAITS_MS = [1_000, 3_000];
const LONGEST_WAIT_MS = 10_000;

export class Changes {
  /** @type {Change[]} oldest first */
  #pending = [];
  #way;
  #made = 0;
  #working = false;

  /** @param {Way} way */
  constructor(way) {
    this.#way = way;
  }

  /**
   * @param {State} state
   * @param {string[]} ids
   * @param {boolean} [leaving] the page goes away now: sent so that it outlives it
   * @returns {Promise<void>} rejected with a Problem when it was taken back
   */
  async mark(state, ids, leaving = false) {
    const outcomes = [];
    for (let at = 0; at < ids.length; at += TOGETHER) {
      outcomes.push(this.#add(state, ids.slice(at, at + TOGETHER), null, leaving));
    }
    await Promise.all(outcomes);
  }

  /** @param {string} upTo @returns {Promise<void>} as that of `mark` */
  readAll(upTo) {
    return this.#add("read", [], upTo, false);
  }

  /** @template {Entry} T @param {T} entry @returns {T} as it is to be shown */
  applied(entry) {
    const shown = { ...entry };
    for (const { state, ids, upTo } of this.#pending) {
      if (upTo === null ? ids.has(entry.id) : entry.id <= upTo) {
        const [flag, value] = STATES[state];
        shown[flag] = value;
      }
    }
    return shown;
  }

  /** Whether all that is older than what is loaded is about to be read. */
  get readsAll() {
    return this.#pending.some(({ upTo }) => upTo !== null);
  }

  /** @param {State} state @param {string[]} ids @param {string | null} upTo @param {boolean} leaving */
  #add(state, ids, upTo, leaving) {
    const last = this.#pending.at(-1);
    const joins =
      last && !last.started && !leaving && last.state === state && last.upTo === upTo && !upTo;
    if (joins && last.ids.size + ids.length <= TOGETHER) {
      ids.forEach((id) => last.ids.add(id));
      this.#way.changed();
      return last.outcome.promise;
    }
    this.#made += 1;
    /** @type {Change} */
    const change = {
      ref: `change-${this.#made}`,
      state,
      ids: new Set(ids),
      upTo,
      leaving,
      started: leaving,
      outcome: Promise.withResolvers(),
    };
    this.#pending.push(change);
    this.#way.changed();
    if (leaving) {
      this.#make(change);
    } else {
      this.#work();
    }
    return change.outcome.promise;
  }

  async #work() {
    if (this.#working) {
      return;
    }
    this.#working = true;
    for (let next; (next = this.#pending.find(({ started }) => !started)); ) {
      next.started = true;
      await this.#make(next);
    }
    this.#working = false;
  }

  /** @param {Change} change */
  async #make(change) {
    let problem = null;
    try {
      if (!(await this.#overSocket(change))) {
        await this.#overHttp(change);
      }
    } catch (error) {
      problem = asProblem(error);
    }
    this.#pending = this.#pending.filter((each) => each !== change);
    this.#way.changed();
    if (problem) {
      change.outcome.reject(problem);
    } else {
      change.outcome.resolve();
    }
  }

  /** @param {Change} change @returns {Promise<boolean>} whether it is done */
  async #overSocket({ ref, state, ids, upTo, leaving }) {
    const action = /** @type {Record<string, string>} */ (ACTIONS)[state];
    const frame = upTo === null ? { action, ids: [...ids] } : { action: "read_all", up_to: upTo };
    const answer = action && !leaving ? this.#way.ask({ ...frame, ref }) : null;
    try {
      return answer !== null && Boolean(await answer);
    } catch (error) {
      if (asProblem(error).passing) {
        return false; // nobody knows: ask for it once more
      }
      throw error;
    }
  }

  /** @param {Change} change */
  async #overHttp({ state, ids, upTo, leaving }) {
    if (upTo !== null) {
      const answer = await this.#persist("POST", "notifications/read-all", { up_to: upTo }, leaving);
      this.#way.received({ type: "state", state, up_to: upTo, ...answer });
      return;
    }
    const [flag, value] = STATES[state];
    let missing = null;
    for (const id of ids) {
      try {
        const path = `notifications/${encodeURIComponent(id)}`;
        const answer = await this.#persist("PATCH", path, { [flag]: value }, leaving);
        this.#way.received({ type: "state", state, ids: [id], ...answer });
      } catch (error) {
        missing = asProblem(error);
        if (missing.status !== 404 || ids.size === 1) {
          throw missing;
        }
      }
    }
  }

  /** @param {string} method @param {string} path @param {unknown} body @param {boolean} leaving */
  async #persist(method, path, body, leaving) {
    for (const wait of WAITS_MS) {
      try {
        return await this.#way.call(method, path, body, leaving);
      } catch (error) {
        const problem = asProblem(error);
        if (!problem.passing) {
          throw problem;
        }
        await pause(Math.min(LONGEST_WAIT_MS, Math.max(problem.retryAfter * 1000, wait)));
      }
    }
    return this.#way.call(method, path, body, leaving);
  }
}
