/**
 * What the page's modules share: its elements, and doing one thing at a time.
 *
 * @typedef {import("./poller.js").Again} Again
 */

import { asProblem } from "../client/problem.js";

/** What to say while work that failed for a passing reason goes on. */
const TRYING_AGAIN = "This could not be loaded just now. Trying again …";

/**
 * @param {string} id
 * @returns {HTMLElement} what index.html has under that id
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`index.html has no #${id}.`);
  }
  return found;
}

/** @param {string} id @returns {HTMLButtonElement} */
export const buttonById = (id) => /** @type {HTMLButtonElement} */ (byId(id));

/** @param {string} id @returns {HTMLFormElement} */
export const formById = (id) => /** @type {HTMLFormElement} */ (byId(id));

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement} or one of its like
 */
export function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/**
 * Do what a button starts, once at a time. `disabled` would take the focus away from it.
 *
 * @param {HTMLElement} button
 * @param {() => Promise<unknown>} work
 */
export async function whileBusy(button, work) {
  if (button.ariaDisabled === "true") {
    return;
  }
  button.ariaDisabled = "true";
  try {
    await work();
  } finally {
    button.ariaDisabled = null;
  }
}

/**
 * Ask before something is done that cannot be undone.
 *
 * @param {{title: string, text: string, yes: string, no: string}} question
 * @returns {Promise<boolean>}
 */
export function isConfirmed({ title, text, yes, no }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("confirm"));
  byId("confirm-title").textContent = title;
  /** @type {HTMLElement} */ (dialog.querySelector(".soft")).textContent = text;
  for (const [value, words] of Object.entries({ yes, no })) {
    /** @type {HTMLElement} */ (dialog.querySelector(`[value=${value}]`)).textContent = words;
  }
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/**
 * Do something, and say what is wrong if it fails.
 *
 * @param {HTMLElement} error where to say it
 * @param {AbortSignal} signal when it is aborted, nobody wants to know
 * @param {() => Promise<Again | void>} work returns whether it is to be done again
 * @param {{isRepeated?: boolean}} [options]
 * @returns {Promise<Again>} whether it is to be done again: also where it failed for a while
 */
export async function tryTo(error, signal, work, { isRepeated = true } = {}) {
  try {
    const again = await work();
    error.textContent = "";
    return again ?? false;
  } catch (thrown) {
    if (signal.aborted) {
      return false;
    }
    const problem = asProblem(thrown);
    error.textContent = problem.passing && isRepeated ? TRYING_AGAIN : problem.message;
    return problem.passing;
  }
}
