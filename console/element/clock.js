/** Times in words that stay true: "5 min. ago" becomes "6 min. ago" while one looks at it. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** As often as a text of minutes can be wrong by a quarter of one. */
const TICK = 15_000;

export class Clock {
  /** @type {Set<HTMLTimeElement>} */
  #times = new Set();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #locale;

  /** @param {string} [locale] */
  constructor(locale) {
    this.#locale = locale;
  }

  /** @param {HTMLTimeElement} time with a `datetime`; shown from now on */
  add(time) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      const full = { dateStyle: "full", timeStyle: "short" };
      time.title = at.toLocaleString(this.#locale, /** @type {any} */ (full));
    }
    this.#times.add(time);
    this.#show(time);
  }

  /** @param {HTMLTimeElement} time */
  delete(time) {
    this.#times.delete(time);
  }

  /** Keep them true, from now on until it is stopped. */
  start() {
    this.stop();
    this.#times.forEach((time) => this.#show(time));
    this.#timer = setInterval(() => this.#times.forEach((time) => this.#show(time)), TICK);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** @param {HTMLTimeElement} time */
  #show(time) {
    const text = relativeTime(Date.parse(time.dateTime), Date.now(), this.#locale);
    if (time.textContent !== text) {
      time.textContent = text;
    }
  }
}

/**
 * @param {number} at milliseconds since the epoch
 * @param {number} now
 * @param {string} [locale]
 * @returns {string} like "now", "5 min. ago", "yesterday", "12 Nov", in that language
 */
export function relativeTime(at, now, locale) {
  const passed = Math.max(0, now - at); // a clock that is slow does not make it the future
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "narrow" });
  if (passed < MINUTE) {
    return format.format(0, "second");
  }
  if (passed < HOUR) {
    return format.format(-Math.floor(passed / MINUTE), "minute");
  }
  if (passed < DAY) {
    return format.format(-Math.floor(passed / HOUR), "hour");
  }
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY);
  if (days < 7) {
    return format.format(-days, "day");
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return Number.isNaN(at)
    ? ""
    : new Intl.DateTimeFormat(locale, {
        day: "numeric",
        month: "short",
        year: sameYear ? undefined : "numeric",
      }).format(at);
}

/** @param {number} at */
function startOfDay(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}
