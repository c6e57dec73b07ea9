/** How patient the client is, in milliseconds. docs/protocol.md says why. */

/**
 * @typedef {object} Timing
 * @property {number} settle from connecting to a second sync: it finds what was just being stored
 * @property {number} refresh between syncs from then on: they keep the socket open, and find what
 *   was lost
 * @property {number} gap how long a change may come later than one that was made after it
 * @property {number} answer how long an answer may take before the connection is given up
 * @property {number} opening how long a connection may take to open
 * @property {number} firstDelay the longest wait after a first cut; it doubles with each more
 * @property {number} longestDelay the longest wait at all
 * @property {number} hidden how long the socket is kept when nobody looks at the page
 */

/** @type {Timing} */
export const TIMING = {
  settle: 30_000,
  refresh: 300_000,
  gap: 2_000,
  answer: 10_000,
  opening: 30_000,
  firstDelay: 1_000,
  longestDelay: 30_000,
  hidden: 15_000,
};

/**
 * Full jitter: not all browsers that were cut at once come back at once.
 *
 * @param {number} failures in a row, the last one included; 0 after a good connection
 * @param {Timing} timing
 * @param {number} [random] from 0 (included) to 1 (excluded)
 * @returns {number} milliseconds to wait
 */
export function reconnectDelay(failures, timing, random = Math.random()) {
  const ceiling = timing.firstDelay * 2 ** Math.min(Math.max(failures - 1, 0), 20);
  return random * Math.min(timing.longestDelay, ceiling);
}

/**
 * Wait, or until the browser is back on the network: no need to wait any longer then.
 *
 * @param {number} ms
 * @param {AbortSignal} [signal] ends it early
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", end);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    globalThis.addEventListener?.("online", end);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) {
      end();
    }
  });
}
