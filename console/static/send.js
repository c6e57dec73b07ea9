/**
 * The form that sends.
 *
 * @typedef {import("./api.js").Api} Api
 */

import { Problem } from "./api.js";
import { byId, element, whileBusy } from "./dom.js";
import { clearErrors, showErrors } from "./fields.js";

/**
 * What each channel takes: as the service checks it, which has the last word.
 *
 * @type {Record<string, {unit: "bytes" | "characters", limit: number, fields: string[],
 *   to?: Partial<HTMLInputElement>}>}
 */
const CHANNELS = {
  "in-app": { unit: "bytes", limit: 65_536, fields: ["subject", "content"] },
  email: {
    unit: "bytes",
    limit: 65_536,
    fields: ["to", "subject", "content"],
    to: { type: "email", inputMode: "email", placeholder: "user@example.com" },
  },
  sms: {
    unit: "characters",
    limit: 1_600,
    fields: ["to", "content"],
    to: { type: "tel", inputMode: "tel", placeholder: "+14155550123" },
  },
};
const NUMBER = new Intl.NumberFormat();
/** Ids that JavaScript's numbers hold exactly; 4 and "4" are the same user to the service. */
const WHOLE_NUMBER = /^(0|[1-9]\d{0,14})$/;

/**
 * Bring the form to life.
 *
 * @param {object} options
 * @param {Api} options.api
 * @param {string} options.user
 * @param {(id: string) => void} options.onSent called with the new notification's id
 * @param {(id: string) => void} options.onOpen called when the answer's id is chosen
 * @param {AbortSignal} options.signal ends it
 */
export function runSendForm({ api, user, onSent, onOpen, signal }) {
  const form = /** @type {HTMLFormElement} */ (byId("send-form"));
  const { to, content, channel } = form.elements;
  const submit = form.querySelector("[type=submit]");
  const answer = byId("send-answer");

  function fit() {
    const { fields, to: address } = CHANNELS[channel.value];
    for (const field of form.querySelectorAll("[data-field]")) {
      field.hidden = !fields.includes(field.dataset.field);
    }
    Object.assign(to, address);
    count();
  }

  function count() {
    const { unit, limit } = CHANNELS[channel.value];
    const length = lengthIn(unit, content.value);
    byId("content-count").textContent =
      `${NUMBER.format(length)} of ${NUMBER.format(limit)} ${unit}`;
    byId("content-count").classList.toggle("over", length > limit);
  }

  async function send() {
    clearErrors(form);
    answer.textContent = "";
    try {
      const { id } = await api.send(commandOf(form, user), signal);
      answer.append("Queued as ", idButton(id, onOpen));
      content.value = "";
      count();
      content.focus();
      onSent(id);
    } catch (problem) {
      if (problem instanceof Problem) {
        showErrors(form, problem);
      } else if (!signal.aborted) {
        throw problem;
      }
    }
  }

  form.reset();
  clearErrors(form);
  answer.textContent = "";
  fit();
  form.addEventListener("input", count, { signal });
  form.addEventListener("input", ({ target }) => clearErrors(form, target.name), { signal });
  for (const choice of channel) {
    choice.addEventListener("change", () => clearErrors(form), { signal });
    choice.addEventListener("change", fit, { signal });
  }
  form.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        form.requestSubmit(submit);
      }
    },
    { signal },
  );
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      whileBusy(submit, send);
    },
    { signal },
  );
}

function commandOf(form, user) {
  const channel = form.elements.channel.value;
  const values = CHANNELS[channel].fields.map((name) => [name, form.elements[name].value]);
  // An empty optional field is one that was left out.
  const given = values.filter(([name, value]) => name === "content" || value.trim() !== "");
  return {
    user_id: WHOLE_NUMBER.test(user) ? Number(user) : user,
    notification_type: channel,
    ...Object.fromEntries(given),
  };
}

/** The service counts code points, as Python does; `length` would count most emoji twice. */
function lengthIn(unit, text) {
  return unit === "bytes" ? new TextEncoder().encode(text).length : [...text].length;
}

function idButton(id, onOpen) {
  const button = element("button", { type: "button", className: "link mono" }, id);
  button.addEventListener("click", () => onOpen(id));
  return button;
}
