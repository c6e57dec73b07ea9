/**
 * What the sandbox has taken in the place of Mailgun and Twilio: on the machine that it runs on.
 *
 * @typedef {{
 *   id: string, time: string, provider: string, from: string, to: string[], subject: string,
 *   text: string, html: string, notification_id: string | null, files: string[],
 * }} Captured
 */

import { Problem } from "../client/problem.js";
import { element } from "../element/dom.js";
import { buttonById, byId, tryTo, whileBusy } from "./page.js";
import { sandboxAddress } from "./session.js";
import { agoElement, forgetTimes } from "./times.js";

const EVERY_MS = 2_000;
/** Of each kind; the sandbox's own page has more. */
const SHOWN = 100;
const LISTS = /** @type {const} */ ({ mailgun: "emails", twilio: "texts" });

/** @param {AbortSignal} signal ends it */
export function runSandboxView(signal) {
  const error = byId("sandbox-error");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const load = () => tryTo(error, signal, () => showCaptured(signal));
  const run = async () => {
    if (!document.hidden) {
      await load();
    }
    if (!signal.aborted) {
      timer = setTimeout(run, EVERY_MS);
    }
  };
  const clear = () =>
    tryTo(error, signal, async () => {
      await ask("DELETE", "messages", signal);
      await showCaptured(signal);
    });

  /** @type {HTMLAnchorElement} */ (byId("sandbox-link")).href = sandboxAddress();
  const button = buttonById("sandbox-clear");
  button.addEventListener("click", () => whileBusy(button, clear), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  run();
}

/** @param {AbortSignal} signal */
async function showCaptured(signal) {
  for (const [provider, id] of Object.entries(LISTS)) {
    const answer = await ask("GET", `messages?provider=${provider}&limit=${SHOWN}`, signal);
    show(id, /** @type {{messages: Captured[]}} */ (await answer.json()).messages);
  }
}

/** @param {string} id @param {Captured[]} messages newest last */
function show(id, messages) {
  const list = byId(id);
  const there = new Map(
    /** @type {HTMLElement[]} */ ([...list.children]).map((item) => [item.dataset.id, item]),
  );
  const wanted = new Set(messages.map((message) => message.id));
  for (const [known, item] of there) {
    if (!wanted.has(String(known))) {
      forgetTimes(item);
      item.remove();
    }
  }
  // What is there stays: somebody may be reading it.
  const added = messages.filter((message) => !there.has(message.id));
  added.forEach((message) => list.prepend(itemOf(message)));
  byId(`${id}-count`).textContent = messages.length === 0 ? "" : String(messages.length);
}

/** @param {Captured} message */
function itemOf({ id, time, to, from, subject, text, html, files }) {
  const head = element(
    "div",
    { class: "item-head" },
    element("strong", { dir: "auto" }, subject || to.join(", ")),
    agoElement(time),
  );
  const route = element("p", { class: "route soft" });
  route.append(element("bdi", {}, from), " → ", element("bdi", {}, to.join(", ")));
  const item = element("li", { "data-id": id }, head, route);
  if (text) {
    item.append(element("p", { class: "text", dir: "auto" }, text));
  }
  if (html) {
    item.append(
      element("details", {}, element("summary", {}, "HTML source"), element("pre", {}, html)),
    );
  }
  if (files.length > 0) {
    item.append(element("p", { class: "soft" }, `Attached: ${files.join(", ")}`));
  }
  return item;
}

/** @param {string} method @param {string} path @param {AbortSignal} signal */
async function ask(method, path, signal) {
  try {
    const answer = await fetch(new URL(path, sandboxAddress()), { method, signal });
    if (!answer.ok) {
      throw new Problem(answer.status, {});
    }
    return answer;
  } catch {
    signal.throwIfAborted();
    throw new Problem(0, { detail: "The sandbox does not answer." });
  }
}
