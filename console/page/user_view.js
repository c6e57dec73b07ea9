/**
 * What is shown of one user: the send form, the live inbox, the table, and a timeline on demand.
 *
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("../element/notification_inbox.js").NotificationInbox} NotificationInbox
 */

import { byId } from "./page.js";
import { runSendForm, showOwnAddress } from "./send.js";
import { NotificationTable } from "./table.js";
import { openTimeline } from "./timeline.js";

/**
 * @param {object} options
 * @param {Api} options.api
 * @param {string} options.user
 * @param {AbortSignal} options.signal ends it
 */
export function runUserView({ api, user, signal }) {
  /** @param {string} id */
  const onOpen = (id) => openTimeline({ api, user, id, onChange: () => refresh(), signal });
  const table = new NotificationTable({ api, user, onOpen, signal });
  const refresh = () => table.refresh();
  runSendForm({ api, user, onSent: refresh, onOpen, signal });
  runInbox({ api, user, onArrival: refresh, onOpen, signal });
  showContacts({ api, user, signal });
  refresh();
}

/** @param {{api: Api, user: string, onArrival: () => void, onOpen: (id: string) => void,
 *   signal: AbortSignal}} options */
function runInbox({ api, user, onArrival, onOpen, signal }) {
  const inbox = /** @type {NotificationInbox} */ (byId("inbox"));
  inbox.strings = { title: "Live inbox", signedOutText: "This key may not open users’ inboxes." };
  inbox.token = () => api.token(user);
  inbox.setAttribute("user", user);
  inbox.addEventListener("notification", onArrival, { signal });
  inbox.addEventListener(
    "notification-click",
    (event) => {
      const { notification, url } = /** @type {CustomEvent} */ (event).detail;
      if (url === null) {
        onOpen(notification.id);
      }
    },
    { signal },
  );
  signal.addEventListener("abort", () => inbox.removeAttribute("user"));
}

/** @param {{api: Api, user: string, signal: AbortSignal}} options */
async function showContacts({ api, user, signal }) {
  const shown = byId("contacts");
  shown.replaceChildren("…");
  showOwnAddress(null);
  try {
    const contacts = await api.contacts(user, signal);
    const { email, phone } = contacts;
    shown.textContent = [email, phone].filter(Boolean).join(" · ") || "No address stored.";
    showOwnAddress(contacts);
  } catch {
    if (!signal.aborted) {
      shown.textContent = "No address stored."; // or none that this key may see
    }
  }
}
