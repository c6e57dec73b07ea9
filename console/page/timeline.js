/**
 * One notification, and all that became of it: what answers "why didn't I get it?".
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./api.js").Attempt} Attempt
 * @typedef {import("./api.js").Details} Details
 */

import { element } from "../element/dom.js";
import {
  capitalised,
  channelLabel,
  outcomeLabel,
  providerLabel,
  reasonLabel,
  statusBadge,
  toneOf,
} from "./labels.js";
import { buttonById, byId, isConfirmed, tryTo, whileBusy } from "./page.js";
import { Poller } from "./poller.js";
import { momentElement } from "./times.js";
import { isCancellable, isOpen } from "./waiting.js";

const CANCELLING = {
  title: "Cancel this notification?",
  text: "It will not be sent, and cannot be brought back.",
  yes: "Cancel it",
  no: "Keep it",
};

/**
 * Show a notification in the dialog, live until it is closed.
 *
 * @param {object} options
 * @param {Api} options.api
 * @param {string} options.user
 * @param {string} options.id
 * @param {() => void} [options.onChange] called when it was changed here
 * @param {AbortSignal} options.signal closes it
 */
export function openTimeline({ api, user, id, onChange = () => {}, signal }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("timeline"));
  const details = /** @type {HTMLElement} */ (dialog.querySelector(".details"));
  const actions = /** @type {HTMLElement} */ (dialog.querySelector(".actions"));
  const error = /** @type {HTMLElement} */ (dialog.querySelector(".error"));
  const cancelButton = buttonById("cancel");
  const cancelError = byId("cancel-error");
  const closing = new AbortController();
  const ending = AbortSignal.any([signal, closing.signal]);
  let shown = "";

  const load = () =>
    tryTo(error, ending, async () => {
      const notification = await api.one(user, id, ending);
      const text = JSON.stringify(notification);
      if (text !== shown) {
        // leave it alone otherwise: a reader may be selecting text
        details.replaceChildren(...viewOf(notification));
        shown = text;
      }
      actions.hidden = !isCancellable(notification);
      // What is in the inbox may be seen and read at any time.
      return isOpen(notification) || notification.notification_type === "in-app";
    });
  const poller = new Poller(load, ending);

  const cancel = async () => {
    if (!(await isConfirmed(CANCELLING)) || ending.aborted) {
      return;
    }
    await tryTo(
      cancelError,
      ending,
      async () => {
        await api.cancel(user, id, ending);
        onChange();
      },
      { isRepeated: false },
    );
    await poller.wake();
    if (actions.hidden) {
      dialog.focus(); // the button that had the focus is gone
    }
  };

  details.replaceChildren();
  actions.hidden = true;
  error.textContent = "";
  cancelError.textContent = "";
  cancelButton.addEventListener("click", () => whileBusy(cancelButton, cancel), { signal: ending });
  dialog.addEventListener("close", () => closing.abort(), { signal: ending });
  dialog.addEventListener(
    "click",
    ({ target }) => {
      if (target === dialog || /** @type {Element} */ (target).closest("[data-close]")) {
        // the dialog itself: its backdrop
        dialog.close();
      }
    },
    { signal: ending },
  );
  signal.addEventListener("abort", () => dialog.close(), { signal: closing.signal });
  dialog.showModal();
  poller.wake();
}

/** @param {Details} notification */
function viewOf(notification) {
  return [
    factsOf(notification),
    messageOf(notification),
    element("h3", {}, "Timeline"),
    element("ol", { class: "steps" }, ...stepsOf(notification)),
  ];
}

/** @param {Details} notification */
function factsOf({ id, user_id: user, status, notification_type: channel, to, delivery }) {
  /** @type {[string, string | HTMLElement | undefined][]} */
  const facts = [
    ["Status", statusBadge(status)],
    ["User", element("bdi", {}, String(user))],
    ["Channel", channelLabel(channel)],
    ["To", to && element("bdi", {}, to)],
    ["Delivery", capitalised(delivery.replaceAll("_", " "))],
    ["Id", element("span", { class: "mono" }, id)],
  ];
  const rows = facts.flatMap(([name, value]) =>
    value ? [element("dt", {}, name), element("dd", {}, value)] : [],
  );
  return element("dl", {}, ...rows);
}

/** @param {Details} notification */
function messageOf({ subject, content }) {
  const message = element("div", { class: "message" });
  if (subject) {
    message.append(element("strong", { dir: "auto" }, subject));
  }
  message.append(element("p", { class: "text", dir: "auto" }, content));
  return message;
}

/** @param {Details} notification */
function* stepsOf(notification) {
  const { created_at: created, send_at: due, attempts } = notification;
  const isInApp = notification.notification_type === "in-app";
  const accepted = isInApp ? "Put into the inbox" : "Accepted";
  yield step("plain", created, due ? "Scheduled" : accepted);
  if (due && isInApp && notification.status === "sent") {
    yield step("plain", due, "Put into the inbox");
  }
  const forgotten = notification.attempt_count - attempts.length;
  if (forgotten > 0) {
    yield step("plain", null, `${forgotten} earlier attempts, of which only the number is kept`);
  }
  yield* attempts.map(attemptStep);
  yield* marksOf(notification);
  yield* lastStepOf(notification);
}

/** What comes next, or how it ended. @param {Details} notification */
function* lastStepOf({ status, reason, timestamp, send_at: due, next_attempt_at: next }) {
  switch (status) {
    case "scheduled":
      yield step("next", due ?? null, "To be sent");
      break;
    case "pending":
      yield next ? step("next", next, "Next try") : step("next", null, "Waiting for its turn");
      break;
    case "failed":
      yield step("bad", timestamp, "Failed", reason && reasonLabel(reason));
      break;
    case "expired":
      yield step("plain", timestamp, "Expired", "It was not sent in time, and is not now");
      break;
    case "cancelled":
      yield step("plain", timestamp, "Cancelled", "It was not sent");
      break;
  }
}

/** What its user did with it. @param {Details} notification */
function marksOf({ seen_at: seen, read_at: read, archived_at: archived }) {
  const marks = /** @type {[string, string | null | undefined][]} */ ([
    ["Seen", seen],
    ["Read", read],
    ["Archived", archived],
  ]);
  return marks
    .filter(([, at]) => at)
    .sort(([, one], [, other]) => String(one).localeCompare(String(other)))
    .map(([name, at]) => step("good", String(at), name));
}

/** @param {Attempt} attempt */
function attemptStep({ at, provider, outcome, code, detail, provider_message_id: messageId }) {
  const title = provider
    ? `${providerLabel(provider)} ${outcomeLabel(outcome)}`
    : "A worker died during the call";
  const made = step(toneOf(outcome), at, title, [code, detail].filter(Boolean).join(" · "));
  if (messageId) {
    made.append(element("p", { class: "mono soft" }, messageId));
  }
  return made;
}

/**
 * @param {string} tone
 * @param {string | null} timestamp
 * @param {string} title
 * @param {string} [text]
 */
function step(tone, timestamp, title, text) {
  const head = element("div", { class: "item-head" }, element("strong", {}, title));
  if (timestamp) {
    head.append(momentElement(timestamp));
  }
  const made = element("li", { "data-tone": tone }, head);
  if (text) {
    made.append(element("p", { class: "text", dir: "auto" }, text));
  }
  return made;
}
