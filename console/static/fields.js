/** Errors at the fields of a form: `<input name=x>` has its text in `#x-error`. */

import { byId } from "./dom.js";
import { capitalised } from "./labels.js";

/**
 * Show what is wrong, each error at its field, and go to the first of them.
 *
 * @param {HTMLFormElement} form has an `#…-error` of its own for what belongs to no field
 * @param {import("./api.js").Problem} problem
 */
export function showErrors(form, problem) {
  const others = [];
  let first = null;
  for (const { field, detail } of problem.fields) {
    const input = form.elements[field];
    if (!(input instanceof HTMLElement) || input.closest("[hidden]")) {
      others.push(`${field}: ${detail}`);
      continue;
    }
    input.setAttribute("aria-invalid", "true");
    byId(`${field}-error`).textContent = capitalised(detail);
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
    if (name === undefined || input.name === name) {
      input.removeAttribute("aria-invalid");
      byId(`${input.name}-error`).textContent = "";
    }
  }
  generalError(form).textContent = "";
}

function generalError(form) {
  return byId(form.id.replace("-form", "-error"));
}
