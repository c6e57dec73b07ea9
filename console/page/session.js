/**
 * What the console remembers: for this tab, and no longer than it is open.
 *
 * A link may sign in: `#key=nd_…&user=4&sandbox=http://…`. What stands behind the # never
 * leaves the browser; it is taken out of the address bar at once, so that nobody copies it.
 *
 * @typedef {"key" | "user" | "sandbox"} Name
 */

/** @type {Name[]} */
const NAMES = ["key", "user", "sandbox"];
const PREFIX = "notificationd.";

/**
 * Move what the address's fragment carries into the session.
 *
 * @returns {boolean} whether it carried anything of ours
 */
export function takeFragment() {
  const given = new URLSearchParams(location.hash.slice(1));
  const names = NAMES.filter((name) => given.get(name));
  for (const name of names) {
    remember(name, given.get(name) ?? "");
  }
  if (names.length > 0) {
    history.replaceState(null, "", location.pathname + location.search);
  }
  return names.length > 0;
}

/**
 * @param {Name} name
 * @returns {string} empty if there is none
 */
export function recall(name) {
  return sessionStorage.getItem(PREFIX + name) ?? "";
}

/**
 * @param {Name} name
 * @param {string} value
 */
export function remember(name, value) {
  sessionStorage.setItem(PREFIX + name, value.trim());
}

/** Forget the credentials. The sandbox's address is none. */
export function forget() {
  sessionStorage.removeItem(`${PREFIX}key`);
  sessionStorage.removeItem(`${PREFIX}user`);
}

/** @returns {string} the sandbox's address, or nothing if it is not one that a link may open */
export function sandboxAddress() {
  const address = URL.canParse(recall("sandbox")) ? new URL(recall("sandbox")) : null;
  // A link's author chose it: `javascript:` would be an address as well.
  return address && ["http:", "https:"].includes(address.protocol) ? address.href : "";
}
