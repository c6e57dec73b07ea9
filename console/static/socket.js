/** A WebSocket that is kept open: connected again after every cut, with a token that is valid. */

import { Problem } from "./api.js";
import { pause } from "./timing.js";

/** Full jitter: many browsers that were cut at once do not all come back at once. */
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_LONGEST_MS = 30_000;
/** A connection that lasted this long was a good one: the next cut starts from a short wait. */
const STEADY_MS = 10_000;
/** API Gateway closes what is silent for 10 min; a dead network shows itself only by silence. */
const PING_EVERY_MS = 60_000;
const PONG_WITHIN_MS = 10_000;
/** A token is renewed this long before it ends: it must still be good when the request arrives. */
const RENEW_BEFORE_MS = 30_000;

/**
 * Stay connected until the signal is aborted, or the service refuses for good.
 *
 * @param {object} options
 * @param {(signal: AbortSignal) => Promise<{token: string, expires_at: string,
 *   websocket_url: string}>} options.mint returns a fresh token
 * @param {(state: "connecting" | "live" | "waiting" | "refused", detail?: string) => void}
 *   options.onState
 * @param {(frame: {type: string, [rest: string]: any}) => void} options.onFrame
 * @param {AbortSignal} options.signal
 */
export async function stayConnected({ mint, onState, onFrame, signal }) {
  let ticket = null;
  let failures = 0;
  while (!signal.aborted) {
    onState("connecting");
    try {
      ticket = isGood(ticket) ? ticket : await mint(signal);
      const lasted = await converse(ticket, { onOpen: () => onState("live"), onFrame, signal });
      // Closed before it was open: refused perhaps, so do not come back with the same token.
      ticket = lasted === null ? null : ticket;
      failures = lasted > STEADY_MS ? 0 : failures;
    } catch (error) {
      if (error instanceof Problem && !error.passing) {
        onState("refused", error.message);
        return;
      }
    }
    if (!signal.aborted) {
      onState("waiting");
      await pause(backoff(failures), signal);
      failures += 1;
    }
  }
}

function isGood(ticket) {
  return ticket !== null && Date.parse(ticket.expires_at) - Date.now() > RENEW_BEFORE_MS;
}

function backoff(failures) {
  return Math.random() * Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** failures);
}

/** Hold one connection. Resolves with how long it was open, in ms, or null if it never was. */
function converse({ websocket_url: address, token }, { onOpen, onFrame, signal }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${address}?token=${encodeURIComponent(token)}`);
    const listening = new AbortController();
    let openedAt = null;
    let pinging = 0;
    let deadline = 0;

    const end = () => {
      listening.abort();
      clearInterval(pinging);
      clearTimeout(deadline);
      socket.close(); // returns at once, although a dead network takes its time to agree
      resolve(openedAt === null ? null : Date.now() - openedAt);
    };
    const ping = () => {
      socket.send(JSON.stringify({ action: "ping" }));
      clearTimeout(deadline);
      deadline = setTimeout(end, PONG_WITHIN_MS);
    };
    const on = (target, name, react) =>
      target.addEventListener(name, react, { signal: listening.signal });

    on(socket, "open", () => {
      openedAt = Date.now();
      pinging = setInterval(ping, PING_EVERY_MS);
      onOpen();
    });
    on(socket, "message", ({ data }) => {
      clearTimeout(deadline); // whatever it says, it is alive
      onFrame(JSON.parse(data));
    });
    on(socket, "close", end);
    on(globalThis, "offline", end);
    on(signal, "abort", end);
  });
}
