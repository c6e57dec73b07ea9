/**
 * One connection to the WebSocket API, from opening to its end: syncs when they are due, and gives
 * up when an answer does not come.
 *
 * @typedef {import("./replica.js").Frame} Frame
 * @typedef {import("./replica.js").Replica} Replica
 * @typedef {import("./timing.js").Timing} Timing
 */

import { Problem, problemOfFrame } from "./problem.js";

export class Socket {
  /** @type {Promise<void>} fulfilled when the connection is no more */
  ended;
  /** Whether a sync was answered, so that the connection was good for something. */
  answered = false;
  /** @type {PromiseWithResolvers<void>} */
  #over = Promise.withResolvers();
  #socket;
  #replica;
  #timing;
  #onFrame;
  /** @type {Map<string, {resolve: (frame: Frame) => void, reject: (problem: Problem) => void}>} */
  #waiting = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #asked = 0;
  #next = 0;
  /** @type {number | null} since when something is known to be missing */
  #gap = null;

  /**
   * @param {URL} address with the token
   * @param {object} options
   * @param {Replica} options.replica
   * @param {Timing} options.timing
   * @param {(frame: Frame) => void} options.onFrame called after the replica has taken it in
   */
  constructor(address, { replica, timing, onFrame }) {
    this.#replica = replica;
    this.#timing = timing;
    this.#onFrame = onFrame;
    this.#socket = new WebSocket(address);
    this.ended = this.#over.promise;
    this.#socket.onclose = () => this.#end();
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }) => this.#received(frameIn(data));
    this.#timer = setTimeout(() => this.close(), timing.opening);
  }

  /** Whether something can be asked. */
  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /**
   * Send a frame and wait for what answers it.
   *
   * @param {Frame} frame has a `ref`
   * @returns {Promise<Frame>}
   * @throws {Problem} the service refuses it, or does not answer in time: nobody knows then
   */
  async ask(frame) {
    const { ref } = frame;
    let timer;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(ref, { resolve, reject });
      const late = () => reject(new Problem(0, { detail: "The service did not answer in time." }));
      timer = setTimeout(late, this.#timing.answer);
      this.#socket.send(JSON.stringify(frame));
    });
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(ref);
    }
  }

  /** End it. A dead network takes its time to agree, which is not waited for. */
  close() {
    this.#socket.close();
    this.#end();
  }

  #opened() {
    this.#next = Date.now() + this.#timing.settle;
    this.#sync(this.#replica.connected());
    this.#schedule();
  }

  /** @param {Frame | null} frame */
  #received(frame) {
    if (!frame) {
      return;
    }
    const following = this.#replica.received(frame);
    this.answered ||= frame.type === "sync";
    const waiting = this.#waiting.get(frame.ref);
    if (frame.type === "error") {
      waiting?.reject(problemOfFrame(frame));
    } else {
      waiting?.resolve(frame);
    }
    this.#sync(following);
    this.#schedule();
    this.#onFrame(frame);
  }

  /** @param {Frame | null} frame */
  #sync(frame) {
    if (frame) {
      this.#asked = Date.now();
      this.#socket.send(JSON.stringify(frame));
    }
  }

  /** Wake up when something is due, whatever that is by now. */
  #schedule() {
    clearTimeout(this.#timer);
    if (!this.#replica.isSyncing) {
      this.#gap = this.#replica.hasGap ? (this.#gap ?? Date.now()) : null;
    }
    const missing = this.#gap === null ? Infinity : this.#gap + this.#timing.gap;
    const due = this.#replica.isSyncing
      ? this.#asked + this.#timing.answer
      : Math.min(this.#next, missing);
    this.#timer = setTimeout(() => this.#due(), Math.max(0, due - Date.now()));
  }

  #due() {
    if (this.#replica.isSyncing) {
      this.close(); // the answer does not come: the connection is dead
      return;
    }
    this.#next = Date.now() + this.#timing.refresh;
    this.#sync(this.#replica.refresh());
    this.#schedule();
  }

  #end() {
    clearTimeout(this.#timer);
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    for (const { reject } of this.#waiting.values()) {
      reject(new Problem(0, { detail: "The connection was cut." }));
    }
    this.#over.resolve();
  }
}

/** @param {unknown} data @returns {Frame | null} */
function frameIn(data) {
  try {
    return Object(JSON.parse(String(data)));
  } catch {
    return null;
  }
}
