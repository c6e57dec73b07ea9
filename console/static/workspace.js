/**
 * What is shown of one user: the send form, the live inbox, the table, and a timeline on demand.
 *
 * @typedef {import("./api.js").Api} Api
 */

import { runInbox } from "./inbox.js";
import { runSendForm } from "./send.js";
import { NotificationTable } from "./table.js";
import { openTimeline } from "./timeline.js";

/**
 * @param {object} options
 * @param {Api} options.api
 * @param {string} options.user
 * @param {AbortSignal} options.signal ends it
 */
export function runWorkspace({ api, user, signal }) {
  const onOpen = (id) => openTimeline({ api, user, id, signal });
  const table = new NotificationTable({ api, user, onOpen, signal });
  const refresh = () => table.refresh();
  runSendForm({ api, user, onSent: refresh, onOpen, signal });
  runInbox({ api, user, onArrival: refresh, signal });
  refresh();
}
