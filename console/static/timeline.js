/**
 * One notification, and all that became of it: what answers "why didn't I get it?".
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./api.js").Attempt} Attempt
 * @typedef {import("./api.js").Details} Details
 */

import { byId, element, timeElement } from "./dom.js";
import {
  capitalised,
  channelLabel,
  outcomeLabel,
  providerLabel,
  reasonLabel,
  statusBadge,
  toneOf,
} from "./labels.js";
import { Poller, TRYING_AGAIN } from "./timing.js";

/**
 * Show a notification in the dialog, live until it is closed.
 *
 * @param {object} options
 * @param {Api} options.api
 * @param {string} options.user
 * @param {string} options.id
 * @param {AbortSignal} options.signal closes it
 */
export function openTimeline({ api, user, id, signal }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("timeline"));
  const details = dialog.querySelector(".details");
  const error = dialog.querySelector(".error");
  const closing = new AbortController();
  const ending = AbortSignal.any([signal, closing.signal]);
  let shown = "";

  async function load() {
    try {
      const notification = await api.one(user, id, ending);
      const text = JSON.stringify(notification);
      if (text !== shown) {
        // leave it alone otherwise: a reader may be selecting text
        details.replaceChildren(...viewOf(notification));
        shown = text;
      }
      error.textContent = "";
      return notification.status === "pending";
    } catch (problem) {
      if (ending.aborted) {
        return false;
      }
      error.textContent = problem.passing ? TRYING_AGAIN : problem.message;
      return Boolean(problem.passing);
    }
  }

  details.replaceChildren();
  error.textContent = "";
  dialog.addEventListener("close", () => closing.abort(), { signal: ending });
  dialog.addEventListener(
    "click",
    ({ target }) => {
      if (target === dialog || target.closest("[data-close]")) {
        // the dialog itself: its backdrop
        dialog.close();
      }
    },
    { signal: ending },
  );
  signal.addEventListener("abort", () => dialog.close(), { signal: closing.signal });
  dialog.showModal();
  new Poller(load, ending).wake();
}

/** @param {Details} notification */
function viewOf(notification) {
  return [
    factsOf(notification),
    messageOf(notification),
    element("h3", {}, "Timeline"),
    element("ol", { className: "steps" }, ...stepsOf(notification)),
  ];
}

function factsOf({ id, status, notification_type: channel, to, delivery }) {
  const facts = [
    ["Status", statusBadge(status)],
    ["Channel", channelLabel(channel)],
    ["To", to],
    ["Delivery", capitalised(delivery.replaceAll("_", " "))],
    ["Id", element("span", { className: "mono" }, id)],
  ];
  const rows = facts
    .filter(([, value]) => value)
    .flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]);
  return element("dl", {}, ...rows);
}

function messageOf({ subject, content }) {
  const message = element("div", { className: "message" });
  if (subject) {
    message.append(element("strong", { dir: "auto" }, subject));
  }
  message.append(element("p", { className: "text", dir: "auto" }, content));
  return message;
}

/** @param {Details} notification */
function* stepsOf(notification) {
  const { status, reason, attempts, next_attempt_at: next } = notification;
  const isInApp = notification.notification_type === "in-app";
  yield step("plain", notification.created_at, isInApp ? "Put into the inbox" : "Accepted");
  const forgotten = notification.attempt_count - attempts.length;
  if (forgotten > 0) {
    yield step("plain", null, `${forgotten} earlier attempts, of which only the number is kept`);
  }
  yield* attempts.map(attemptStep);
  if (next) {
    yield step("next", next, "Next try");
  } else if (status === "pending") {
    yield step("next", null, "Waiting for its turn");
  } else if (status === "failed") {
    yield step("bad", notification.timestamp, "Failed", reason && capitalised(reasonLabel(reason)));
  }
}

/** @param {Attempt} attempt */
function attemptStep({ at, provider, outcome, code, detail, provider_message_id: messageId }) {
  const title = provider
    ? `${providerLabel(provider)} ${outcomeLabel(outcome)}`
    : "A worker died during the call";
  const made = step(toneOf(outcome), at, title, [code, detail].filter(Boolean).join(" · "));
  if (messageId) {
    made.append(element("p", { className: "mono soft" }, messageId));
  }
  return made;
}

function step(tone, timestamp, title, text) {
  const head = element("div", { className: "item-head" }, element("strong", {}, title));
  if (timestamp) {
    head.append(timeElement(timestamp));
  }
  const made = element("li", {}, head);
  made.dataset.tone = tone;
  if (text) {
    made.append(element("p", { className: "text", dir: "auto" }, text));
  }
  return made;
}
