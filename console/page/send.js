/**
 * The form that sends.
 *
 * @typedef {import("./api.js").Api} Api
 */

import { Problem } from "../client/problem.js";
import { element } from "../element/dom.js";
import { clearErrors, showErrors } from "./fields.js";
import { byId, field, formById, whileBusy } from "./page.js";

/**
 * What each channel takes: as the service checks it, which has the last word.
 *
 * @type {Record<string, {unit: "bytes" | "characters", limit: number, fields: string[],
 *   to?: Partial<HTMLInputElement>}>}
 */
const TAKES = {
  "in-app": { unit: "bytes", limit: 65_536, fields: ["subject", "content", "data", "send_at"] },
  email: {
    unit: "bytes",
    limit: 65_536,
    fields: ["to", "subject", "content", "send_at"],
    to: { type: "email", inputMode: "email", placeholder: "user@example.com" },
  },
  sms: {
    unit: "characters",
    limit: 1_600,
    fields: ["to", "content", "send_at"],
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
  const form = formById("send-form");
  const content = field(form, "content");
  const submit = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
  const answer = byId("send-answer");

  function fit() {
    const { fields, to } = TAKES[channelOf(form)];
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (
      form.querySelectorAll("[data-field]")
    )) {
      part.hidden = !fields.includes(String(part.dataset.field));
    }
    Object.assign(field(form, "to"), to);
    count();
  }

  function count() {
    const { unit, limit } = TAKES[channelOf(form)];
    const length = lengthIn(unit, content.value);
    byId("content-count").textContent =
      `${NUMBER.format(length)} of ${NUMBER.format(limit)} ${unit}`;
    byId("content-count").classList.toggle("over", length > limit);
  }

  async function send() {
    clearErrors(form);
    answer.textContent = "";
    try {
      const command = commandOf(form, user);
      const { id } = await api.send(command, signal);
      answer.append(command.send_at ? "Scheduled as " : "Queued as ", idButton(id, onOpen));
      content.value = "";
      field(form, "send_at").value = ""; // the next one is for now again
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
  form.addEventListener(
    "input",
    ({ target }) => clearErrors(form, /** @type {HTMLInputElement} */ (target).name),
    { signal },
  );
  form.addEventListener(
    "change",
    ({ target }) => {
      if (/** @type {HTMLInputElement} */ (target).name === "channel") {
        clearErrors(form);
        fit();
      }
    },
    { signal },
  );
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

/**
 * Say where a message without an address of its own goes.
 *
 * @param {{email: string | null, phone: string | null} | null} contacts null if nobody can tell
 */
export function showOwnAddress(contacts) {
  const form = formById("send-form");
  const show = () => {
    const own = channelOf(form) === "email" ? contacts?.email : contacts?.phone;
    const to = own ? element("bdi", {}, own) : "the user’s own address";
    byId("to-hint").replaceChildren("Left empty, it goes to ", to, ".");
  };
  form.onchange = show;
  show();
}

/** @param {HTMLFormElement} form */
function channelOf(form) {
  return String(new FormData(form).get("channel"));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} user
 * @throws {Problem} a time is not complete: its value would be empty, and mean at once
 */
function commandOf(form, user) {
  if (field(form, "send_at").validity.badInput) {
    const error = { field: "send_at", code: "invalid", detail: "must be a whole date and time" };
    throw new Problem(422, { errors: [error] });
  }
  const channel = channelOf(form);
  const values = TAKES[channel].fields.map((name) => [name, field(form, name).value]);
  // An empty optional field is one that was left out.
  const given = values.filter(([name, value]) => name === "content" || value.trim() !== "");
  const { data: url, send_at: when, ...texts } = Object.fromEntries(given);
  return {
    user_id: WHOLE_NUMBER.test(user) ? Number(user) : user,
    notification_type: channel,
    ...texts,
    ...(url === undefined ? {} : { data: { url: url.trim() } }),
    // The field is in the reader's own time zone, the API wants one that is said.
    ...(when === undefined ? {} : { send_at: new Date(when).toISOString() }),
  };
}

/** The service counts code points, as Python does; `length` would count most emoji twice. */
/** @param {"bytes" | "characters"} unit @param {string} text */
function lengthIn(unit, text) {
  return unit === "bytes" ? new TextEncoder().encode(text).length : [...text].length;
}

/** @param {string} id @param {(id: string) => void} onOpen */
function idButton(id, onOpen) {
  const button = element("button", { type: "button", class: "link mono" }, id);
  button.addEventListener("click", () => onOpen(id));
  return button;
}
