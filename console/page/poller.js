/**
 * Does a piece of work again and again for as long as it asks for it, while the page is seen.
 *
 * @typedef {boolean | "slowly"} Again whether to come back: `slowly` where nothing is expected
 */

/** What is about to change is looked up every second at first, later less often. */
const FIRST_MS = 1_000;
const SLOWER_AFTER = 10;
const FACTOR = 1.3;
const LONGEST_MS = 10_000;

export class Poller {
  #work;
  #signal;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #turns = 0;
  #busy = false;
  #again = false;

  /**
   * @param {() => Promise<Again>} work returns whether to come back; it handles its own errors
   * @param {AbortSignal} signal
   */
  constructor(work, signal) {
    this.#work = work;
    this.#signal = signal;
    document.addEventListener("visibilitychange", () => this.wake(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Work now; if it is at it, once more afterwards: what it read may be out of date. */
  async wake() {
    this.#turns = 0;
    this.#again = true;
    if (!this.#busy) {
      await this.#run();
    }
  }

  async #run() {
    clearTimeout(this.#timer);
    this.#busy = true;
    /** @type {Again} */
    let more = true;
    do {
      this.#again = false;
      more = !document.hidden && (await this.#work());
    } while (this.#again && !this.#signal.aborted);
    this.#busy = false;
    if (more && !this.#signal.aborted) {
      this.#timer = setTimeout(() => this.#run(), more === "slowly" ? LONGEST_MS : this.#delay());
    }
  }

  #delay() {
    this.#turns += 1;
    return Math.min(LONGEST_MS, FIRST_MS * FACTOR ** Math.max(0, this.#turns - SLOWER_AFTER));
  }
}
