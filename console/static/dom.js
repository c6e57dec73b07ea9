/** Making elements. Data becomes text, never markup: there is no way to HTML from here. */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Partial<HTMLElementTagNameMap[Name]>} [properties]
 * @param {...(Node | string)} children strings become text
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

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

/** @type {Intl.DateTimeFormatOptions} */
const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const CLOCK = new Intl.DateTimeFormat(undefined, TIME);
const DATE_AND_CLOCK = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  ...TIME,
});

/**
 * @param {string} timestamp RFC 3339
 * @returns {HTMLTimeElement} the time in the reader's zone, with the day unless it is today
 */
export function timeElement(timestamp) {
  const at = new Date(timestamp);
  const today = at.toDateString() === new Date().toDateString();
  const shown = (today ? CLOCK : DATE_AND_CLOCK).format(at);
  return element("time", { dateTime: timestamp, title: timestamp }, shown);
}
