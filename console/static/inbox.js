/**
 * The live inbox: a user's in-app notifications, as that user's browser would get them.
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./api.js").Notification} Notification
 */

import { byId, element, timeElement } from "./dom.js";
import { stayConnected } from "./socket.js";

const STATES = {
  connecting: ["Connecting", "wait"],
  live: ["Live", "good"],
  waiting: ["Reconnecting", "wait"],
  refused: ["Not connected", "bad"],
};
const PAGE = "20";
/** What was missed for longer than this many pages is left to the table below. */
const PAGES_TO_CATCH_UP = 10;
/** More would only slow the page down. */
const SHOWN = 200;
const SPOKEN_CHARACTERS = 120;

/**
 * Show the inbox and keep it live.
 *
 * @param {object} options
 * @param {Api} options.api
 * @param {string} options.user
 * @param {() => void} options.onArrival called when something new has come
 * @param {AbortSignal} options.signal ends it
 */
export async function runInbox({ api, user, onArrival, signal }) {
  const list = byId("inbox");
  const error = byId("inbox-error");
  /** @type {Map<string, HTMLLIElement>} */
  const items = new Map();
  let isFilled = false;
  list.replaceChildren();
  byId("arrivals").replaceChildren();
  byId("inbox-empty").hidden = false;

  /** Put a notification in its place; ids sort by time. @returns {boolean} whether it was new */
  function put(notification, isArrival) {
    if (items.has(notification.id)) {
      return false;
    }
    const item = itemOf(notification, isArrival);
    items.set(notification.id, item);
    const later = [...list.children].find((child) => child.id < item.id) ?? null;
    list.insertBefore(item, later);
    byId("inbox-empty").hidden = true;
    if (items.size > SHOWN && list.lastElementChild !== item) {
      list.lastElementChild?.remove(); // its id stays known: it does not come back as new
    }
    return true;
  }

  /** Show what is new, and say so. @returns {boolean} whether it was */
  function arrive(notification) {
    const isNew = put(notification, true);
    if (isNew) {
      announce(notification);
      onArrival();
    }
    return isNew;
  }

  /** Fetch what came while no socket was open: a socket tells only what comes from now on. */
  async function catchUp() {
    const show = isFilled ? arrive : (notification) => put(notification, false);
    const query = { type: "in-app", limit: PAGE };
    for (let pages = 0; pages < PAGES_TO_CATCH_UP; pages += 1) {
      const { data, next } = await api.list(user, query, signal);
      const areNew = data.map(show);
      if (!isFilled || next === null || areNew.includes(false)) {
        break;
      }
      query.cursor = next;
    }
    isFilled = true;
  }

  async function tryTo(work) {
    error.textContent = "";
    try {
      await work();
    } catch (problem) {
      if (!signal.aborted) {
        error.textContent = `Not everything could be loaded. ${problem.message}`;
      }
    }
  }

  await stayConnected({
    mint: (ending) => api.token(user, ending),
    onState: (state, detail = "") => {
      showState(state);
      if (detail) {
        error.textContent = detail;
      } else if (state === "live") {
        tryTo(catchUp);
      }
    },
    onFrame: (frame) => {
      if (frame.type === "notification" && frame.notification.truncated) {
        // Too large for a frame: it came without its content.
        tryTo(async () => arrive(await api.one(user, frame.notification.id, signal)));
      } else if (frame.type === "notification") {
        arrive(frame.notification);
      }
    },
    signal,
  });
}

/** @param {keyof typeof STATES} state */
function showState(state) {
  const [text, tone] = STATES[state];
  byId("connection").textContent = text;
  byId("connection").dataset.tone = tone;
}

function itemOf({ id, subject, content, timestamp }, isArrival) {
  const head = element("div", { className: "item-head" });
  if (subject) {
    head.append(element("strong", { dir: "auto" }, subject));
  }
  head.append(timeElement(timestamp));
  const text = element("p", { className: "text", dir: "auto" }, content);
  return element("li", { id, className: isArrival ? "arrival" : "" }, head, text);
}

function announce({ subject, content }) {
  const text = (subject ?? content).slice(0, SPOKEN_CHARACTERS);
  byId("arrivals").replaceChildren(element("span", {}, `New notification: ${text}`));
}
