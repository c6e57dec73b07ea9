/**
 * What the inbox says. `element.strings` takes the place of any of it, in another language say.
 *
 * @typedef {typeof STRINGS} Strings
 * @typedef {import("../client/client.js").ConnectionState} ConnectionState
 */

export const STRINGS = {
  title: "Notifications",
  /** The bell's name. @param {string} unread @param {boolean} some */
  bell: (unread, some) => (some ? `Notifications, ${unread} unread` : "Notifications"),
  markAllRead: "Mark all read",
  markRead: "Mark as read",
  markUnread: "Mark as unread",
  archive: "Archive",
  archived: "Archived.",
  undo: "Undo",
  unread: "Unread",
  untitled: "Notification",
  showMore: "Show more",
  showLess: "Show less",
  loadOlder: "Load older",
  loading: "Loading…",
  retry: "Try again",
  dismiss: "Dismiss",
  close: "Close",
  emptyTitle: "You’re all caught up",
  emptyText: "New notifications appear here the moment they are sent.",
  failedTitle: "Notifications could not be loaded",
  failedText: "They are safe, and will be here once the connection is back.",
  signedOutTitle: "You are signed out",
  signedOutText: "Sign in again to see your notifications.",
  notMarked: "That could not be saved, so it was taken back.",
  notLoaded: "Older notifications could not be loaded.",
  /** Said by a screen reader. @param {string} text */
  arrivedOne: (text) => `New notification: ${text}`,
  /** @param {string} number */
  arrivedMany: (number) => `${number} new notifications`,
  /** @type {Record<ConnectionState, string>} */
  states: {
    connecting: "Connecting",
    live: "Live",
    reconnecting: "Reconnecting",
    polling: "Delayed",
    paused: "Paused",
    unauthorized: "Signed out",
    closed: "Not connected",
  },
};

/**
 * @param {Partial<Strings>} given
 * @returns {Strings}
 */
export function stringsWith(given) {
  return { ...STRINGS, ...given, states: { ...STRINGS.states, ...given.states } };
}

/**
 * How many, as it is written where the reader lives.
 *
 * @param {number} number
 * @param {boolean} capped there are more
 * @param {string} [locale]
 */
export function countText(number, capped, locale) {
  return `${new Intl.NumberFormat(locale, { useGrouping: "min2" }).format(number)}${capped ? "+" : ""}`;
}

/**
 * The language that an element is in: the nearest `lang` around it, through shadow roots.
 *
 * @param {Element} element
 * @returns {string | undefined} undefined: the browser's
 */
export function localeOf(element) {
  const found = element.closest("[lang]");
  const root = element.getRootNode();
  if (!found && root instanceof ShadowRoot) {
    return localeOf(root.host);
  }
  const named = found?.getAttribute("lang") ?? "";
  try {
    return Intl.getCanonicalLocales(named)[0];
  } catch {
    return undefined; // "en_US", say
  }
}
