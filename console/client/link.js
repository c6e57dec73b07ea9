/**
 * Keeps an inbox connected: connects again after every cut, asks over HTTP while no socket can be
 * had, and rests while nobody looks at the page.
 *
 * @typedef {import("./client.js").ConnectionState} ConnectionState
 * @typedef {import("./timing.js").Timing} Timing
 *
 * @typedef {object} Work what there is to do
 * @property {(signal: AbortSignal) => Promise<boolean>} converse hold one connection until it
 *   ends; whether it was good for something
 * @property {(signal: AbortSignal) => Promise<void>} poll ask once over HTTP
 * @property {() => boolean} isLoaded whether there is something to show
 * @property {() => boolean} isWorthATry whether another try may be let in
 * @property {(state: ConnectionState, problem?: Problem) => void} tell
 */

import { asProblem, Problem } from "./problem.js";
import { pause, reconnectDelay } from "./timing.js";

/** Cuts happen: only where a second connection in a row fails, HTTP has to help out. */
const FAILURES_BEFORE_POLLING = 2;

export class Link {
  #work;
  #timing;
  #isClosed = false;
  /** @type {AbortController | null} null while it rests */
  #running = null;
  #listening = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving;

  /** @param {Work} work @param {Timing} timing */
  constructor(work, timing) {
    this.#work = work;
    this.#timing = timing;
    const listen = { signal: this.#listening.signal };
    globalThis.document?.addEventListener("visibilitychange", () => this.#look(), listen);
    // A page that may come back with its state as it was ("bfcache") keeps no socket.
    globalThis.addEventListener?.("pagehide", () => this.#rest(), listen);
    globalThis.addEventListener?.("pageshow", ({ persisted }) => persisted && this.#look(), listen);
    this.#look();
    this.#wake();
  }

  /** Try at once, without what is left of a wait. */
  restart() {
    this.#running?.abort();
    this.#running = null;
    this.#wake();
  }

  close() {
    this.#isClosed = true;
    this.#listening.abort();
    clearTimeout(this.#leaving);
    this.#running?.abort();
    this.#work.tell("closed");
  }

  #look() {
    clearTimeout(this.#leaving);
    if (globalThis.document?.hidden) {
      this.#leaving = setTimeout(() => this.#rest(), this.#timing.hidden);
    } else {
      this.#wake();
    }
  }

  #rest() {
    if (this.#running) {
      this.#running.abort();
      this.#running = null;
      this.#work.tell("paused");
    }
  }

  #wake() {
    if (!this.#running && !this.#isClosed) {
      this.#running = new AbortController();
      this.#run(this.#running.signal);
    }
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    /** @type {Work["tell"]} */
    const tell = (...news) => {
      if (!signal.aborted) {
        this.#work.tell(...news);
      }
    };
    tell("connecting");
    for (let failures = 0; !signal.aborted; ) {
      let problem;
      let wasGood = false;
      try {
        wasGood = await this.#work.converse(signal);
      } catch (error) {
        problem = asProblem(error);
      }
      failures = wasGood ? 0 : failures + 1;
      tell(problem?.refused ? "unauthorized" : "reconnecting", problem);
      const isInNeed = failures > 0 && !this.#work.isLoaded();
      if ((isInNeed || failures >= FAILURES_BEFORE_POLLING) && !problem?.refused) {
        await this.#poll(signal, tell);
      }
      if (!this.#work.isWorthATry()) {
        return;
      }
      await pause(reconnectDelay(failures, this.#timing), signal);
    }
  }

  /** @param {AbortSignal} signal @param {Work["tell"]} tell */
  async #poll(signal, tell) {
    if (signal.aborted) {
      return;
    }
    try {
      await this.#work.poll(signal);
      tell("polling");
    } catch (error) {
      const problem = asProblem(error);
      tell(problem.refused ? "unauthorized" : "reconnecting", problem);
    }
  }
}
