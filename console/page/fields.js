/** Errors at the fields of a form: `<input name=x>` has its text in `#x-error`. */

import { capitalised } from "./labels.js";
import { byId } from "./page.js";

/**
 * Show what is wrong, each error at its field, and go to the first of them.
 *
 * @param {HTMLFormElement} form has an `#…-error` of its own for what belongs to no field
 * @param {import("../client/problem.js").Problem} problem
 */
export function showErrors(form, problem) {
  const others = [];
  /** @type {HTMLElement | null} */
  let first = null;
  for (const { field: name, detail } of problem.fields) {
    const input = form.elements.namedItem(name);
    if (!(input instanceof HTMLElement) || input.closest("[hidden]")) {
      others.push(`${name}: ${detail}`);
      continue;
    }
    input.setAttribute("aria-invalid", "true");
    byId(`${name}-error`).textContent = capitalised(detail);
    first ??= input;
  }
  if (problem.fields.length === 0) {
    others.push(problem.message);
  }
  generalError(form).textContent = others.join("; ");
  first?.focus();
}

/**
 * @param {HTMLFormElement} form
 * @param {string} [name] of the one field to clear; all of them, if it is left out
 */
export function clearErrors(form, name) {
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    const its = /** @type {HTMLInputElement} */ (input).name;
    if (name === undefined || its === name) {
      input.removeAttribute("aria-invalid");
      byId(`${its}-error`).textContent = "";
    }
  }
  generalError(form).textContent = "";
}

/** @param {HTMLFormElement} form */
function generalError(form) {
  return byId(form.id.replace("-form", "-error"));
}
