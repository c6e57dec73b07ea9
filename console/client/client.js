/**
 * The inbox's client: a user's in-app notifications, live, without a gap, on any page.
 *
 * ```js
 * import { connect } from "https://api.example.com/client.js";
 *
 * const inbox = connect({ api: "https://api.example.com/", user: "4", token: fetchToken });
 * inbox.subscribe(({ unread, notifications }) => show(unread, notifications));
 * await inbox.markRead(inbox.notifications[0].id);
 * ```
 *
 * docs/inbox.md is its reference, docs/protocol.md what it does to miss nothing.
 *
 * @typedef {import("./changes.js").State} State
 * @typedef {import("./problem.js").Problem} Problem
 * @typedef {import("./replica.js").Entry} Entry
 * @typedef {import("./replica.js").Frame} Frame
 * @typedef {import("./timing.js").Timing} Timing
 * @typedef {import("./tokens.js").TokenSource} TokenSource
 *
 * @typedef {object} Notification as the service has it, in its state on this device
 * @property {string} id sorts by time
 * @property {string} content
 * @property {string} [subject]
 * @property {Record<string, unknown>} [data] what the sender put there for the front end
 * @property {string} created_at RFC 3339
 * @property {boolean} read
 * @property {boolean} seen
 * @property {boolean} archived
 * @property {boolean} [truncated] its content is on its way: it was too large for a frame
 *
 * @typedef {"connecting" | "live" | "reconnecting" | "polling" | "paused" | "unauthorized" |
 *   "closed"} ConnectionState
 *   `polling`: no socket can be opened, so the inbox is asked for over HTTP from time to time;
 *   `paused`: nobody looks at the page; `unauthorized`: the token is refused
 *
 * @typedef {object} Snapshot
 * @property {readonly Notification[]} notifications those that are loaded, newest first
 * @property {number} unread of all notifications, loaded or not: exact up to 1,000
 * @property {boolean} unreadCapped there are more than 1,000
 * @property {ConnectionState} state
 * @property {boolean} isLoaded whether the inbox has been loaded at all
 * @property {boolean} hasOlder whether there may be more to load
 * @property {Problem | null} error why it is not live; null once it is
 * @property {readonly Notification[]} arrived what is new since the last call, oldest first
 *
 * @typedef {object} Options
 * @property {string | URL} api where the HTTP API is, like `https://api.example.com/`
 * @property {string | number} user
 * @property {TokenSource} token a user token, or a function that gets one: it is called before the
 *   token ends and when it is refused
 * @property {string | URL} [websocket] where the WebSocket API is, if it is not the one of the
 *   service that this file came from
 * @property {Partial<Timing>} [timing]
 */

import { Inbox } from "./inbox.js";

/**
 * Connect to a user's inbox and stay connected until it is closed.
 *
 * @param {Options} options
 * @returns {Inbox}
 */
export function connect(options) {
  return new Inbox(options);
}
