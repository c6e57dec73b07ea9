/** Times on the page: in words that stay true, exact where one points at them. */

import { Clock } from "../element/clock.js";
import { element } from "../element/dom.js";

const clock = new Clock();
/** @type {Intl.DateTimeFormatOptions} */
const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const CLOCK = new Intl.DateTimeFormat(undefined, TIME);
const DATE_AND_CLOCK = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  ...TIME,
});

/** Keep the times on the page fresh for as long as it is open. */
export function startClock() {
  clock.start();
}

/**
 * @param {string} timestamp RFC 3339
 * @returns {HTMLTimeElement} like "5 min. ago"; `forgetTimes` takes it out of the clock
 */
export function agoElement(timestamp) {
  const made = element("time", { datetime: timestamp });
  clock.add(made);
  return made;
}

/** Let times go that are about to be removed. @param {Element} within */
export function forgetTimes(within) {
  within.querySelectorAll("time").forEach((time) => clock.delete(time));
}

/**
 * @param {string} timestamp RFC 3339
 * @returns {HTMLTimeElement} to the second, in the reader's zone, with the day unless it is today
 */
export function momentElement(timestamp) {
  const at = new Date(timestamp);
  const today = at.toDateString() === new Date().toDateString();
  const shown = (today ? CLOCK : DATE_AND_CLOCK).format(at);
  return element("time", { datetime: timestamp, title: timestamp }, shown);
}
