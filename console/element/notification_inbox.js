/**
 * `<notification-inbox>`: a user's notifications on any page, in two lines of HTML.
 *
 * ```html
 * <script type="module" src="https://api.example.com/inbox.js"></script>
 * <notification-inbox user="4" token="…"></notification-inbox>
 * ```
 *
 * docs/inbox.md has its attributes, properties, events, parts and custom properties.
 *
 * @typedef {import("../client/client.js").Notification} Notification
 * @typedef {import("../client/client.js").Snapshot} Snapshot
 * @typedef {import("../client/tokens.js").TokenSource} TokenSource
 * @typedef {import("./strings.js").Strings} Strings
 */

import { connect } from "../client/client.js";
import { stringsWith } from "./strings.js";
import { linkOf } from "./text.js";
import { View } from "./view.js";

/** The API's root: where this file came from. */
const SERVED_FROM = new URL(".", import.meta.url).href;
/** @type {Snapshot} what is shown while there is nobody to show anything of */
const NOBODY = {
  notifications: [],
  unread: 0,
  unreadCapped: false,
  state: "unauthorized",
  isLoaded: false,
  hasOlder: false,
  error: null,
  arrived: [],
};
/** Properties that a page may have set before this file was there. */
const EARLY = /** @type {const} */ (["token", "strings"]);

export class NotificationInbox extends HTMLElement {
  static observedAttributes = ["api", "user", "token", "websocket", "inline"];

  /** @type {import("../client/inbox.js").Inbox | null} */
  #client = null;
  /** @type {View | null} */
  #view = null;
  #snapshot = NOBODY;
  /** @type {TokenSource | null} in place of the attribute */
  #token = null;
  /** @type {Partial<Strings>} */
  #given = {};
  #strings = stringsWith({});
  /** What the client was made with, and what was put into its hands since. */
  #connectedTo = "";
  /** @type {TokenSource | null} */
  #tokenInUse = null;
  #isSettling = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
  }

  // --- what a page sets

  /** @returns {TokenSource | null} a user token, or a function that gets one */
  get token() {
    return this.#token ?? this.getAttribute("token");
  }

  set token(source) {
    this.#token = source;
    this.#settleSoon();
  }

  /** Texts in place of the built-in ones, by their names. @returns {Partial<Strings>} */
  get strings() {
    return this.#given;
  }

  set strings(given) {
    this.#given = given;
    this.#strings = stringsWith(given);
    this.#rebuild();
  }

  // --- what a page reads and does

  /** @returns {readonly Notification[]} those that are loaded, newest first */
  get notifications() {
    return this.#snapshot.notifications;
  }

  get unread() {
    return this.#snapshot.unread;
  }

  get state() {
    return this.#snapshot.state;
  }

  /** The client underneath, to mark, archive and load with; null while it is not connected. */
  get client() {
    return this.#client;
  }

  /** Open the panel. */
  show() {
    this.#view?.open();
  }

  /** Close the panel. */
  hide() {
    this.#view?.close();
  }

  // --- its life

  connectedCallback() {
    for (const name of EARLY) {
      if (Object.hasOwn(this, name)) {
        const value = /** @type {any} */ (this)[name];
        delete (/** @type {any} */ (this)[name]);
        /** @type {any} */ (this)[name] = value;
      }
    }
    this.#settleSoon();
  }

  disconnectedCallback() {
    this.#settleSoon(); // it may only be moved
  }

  connectedMoveCallback() {
    // Moved with all that it holds: nothing is to be done.
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === "token") {
      this.#token = null;
    }
    if (name === "inline") {
      this.#rebuild();
    }
    this.#settleSoon();
  }

  /** Act once on all that a page does to it in one go. */
  #settleSoon() {
    if (!this.#isSettling) {
      this.#isSettling = true;
      queueMicrotask(() => this.#settle());
    }
  }

  #settle() {
    this.#isSettling = false;
    if (!this.isConnected) {
      this.#disconnect();
      this.#view?.stop();
      this.#view = null;
      return;
    }
    this.#view ?? this.#build();
    const wanted = this.#wanted();
    if (wanted === null) {
      this.#disconnect();
    } else if (wanted.key !== this.#connectedTo) {
      this.#disconnect();
      this.#connect(wanted.options);
      this.#connectedTo = wanted.key;
    } else if (this.token !== this.#tokenInUse) {
      this.#client?.setToken(wanted.options.token);
    }
    this.#tokenInUse = this.token;
  }

  #wanted() {
    const token = this.token;
    const user = this.getAttribute("user");
    if (!token || !user) {
      return null;
    }
    const api = this.getAttribute("api") ?? SERVED_FROM;
    const websocket = this.getAttribute("websocket") ?? undefined;
    return { key: JSON.stringify([api, user, websocket]), options: { api, user, token, websocket } };
  }

  /** @param {import("../client/client.js").Options} options */
  #connect(options) {
    this.#client = connect(options);
    this.#client.subscribe((snapshot) => this.#show(snapshot));
    this.#show(this.#client.snapshot);
  }

  #disconnect() {
    this.#client?.close();
    this.#client = null;
    this.#connectedTo = "";
    this.#show(NOBODY);
  }

  #rebuild() {
    this.#view?.stop();
    this.#view = null;
    if (this.isConnected) {
      this.#build();
    }
  }

  #build() {
    this.#view = new View(/** @type {any} */ (this), {
      strings: this.#strings,
      isInline: this.hasAttribute("inline"),
      doings: {
        open: (notification, event) => this.#open(notification, event),
        toggleRead: ({ id, read }) =>
          this.#try((client) => (read ? client.markUnread(id) : client.markRead(id))),
        archive: ({ id }) => this.#archive(id),
        markAllRead: () => this.#try((client) => client.markAllRead()),
        loadOlder: () => this.#loadOlder(),
        retry: () => this.#client?.retry(),
        close: () => this.hide(),
      },
      onSeen: (ids) => this.#seen(ids),
      onToggle: (isOpen) => this.toggleAttribute("open", isOpen),
    });
    this.#view.show({ ...this.#snapshot, arrived: [] });
  }

  /** @param {Snapshot} snapshot */
  #show(snapshot) {
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    this.#view?.show(snapshot);
    for (const notification of snapshot.arrived) {
      this.#tell("notification", { notification });
    }
    const { unread, unreadCapped: capped, state, error } = snapshot;
    if (unread !== before.unread || capped !== before.unreadCapped) {
      this.#tell("unread-change", { unread, capped });
    }
    if (state !== before.state) {
      this.#tell("state-change", { state, error });
    }
    if (snapshot.isLoaded && snapshot.notifications.length === 0 && snapshot.hasOlder) {
      this.#loadOlder(); // all that was loaded is archived
    }
  }

  // --- what a user does

  /** @param {Notification} notification @param {MouseEvent} event */
  #open(notification, event) {
    const url = linkOf(notification);
    if (!this.#tell("notification-click", { notification, url })) {
      event.preventDefault(); // the page goes there itself
    }
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    const leaving = url !== null && !event.defaultPrevented && !isElsewhere;
    this.#try((client) => client.markRead(notification.id, { leaving }));
    if (event.defaultPrevented) {
      this.hide();
    }
  }

  /** @param {string} id */
  #archive(id) {
    this.#try((client) => client.archive(id));
    this.#view?.panel.notice.show(this.#strings.archived, {
      action: {
        label: this.#strings.undo,
        run: () => this.#try((client) => client.unarchive(id)),
      },
    });
  }

  async #loadOlder() {
    const client = this.#client;
    this.#view?.panel.showLoadingOlder(true);
    await this.#try(() => client?.loadOlder(), this.#strings.notLoaded);
    if (client === this.#client) {
      this.#view?.panel.showLoadingOlder(false);
    }
  }

  /** @param {string[]} ids */
  async #seen(ids) {
    if (!this.hasAttribute("keep-unseen") && !document.hidden) {
      await this.#client?.markSeen(ids).catch(() => {}); // they will be seen again
    }
  }

  /**
   * Do something that shows at once, and say so if it was taken back.
   *
   * @param {(client: import("../client/inbox.js").Inbox) => Promise<void> | undefined} work
   * @param {string} [failed]
   */
  async #try(work, failed = this.#strings.notMarked) {
    const client = this.#client;
    try {
      await (client && work(client));
    } catch (error) {
      if (client === this.#client) {
        this.#view?.panel.notice.show(failed, { isError: true });
        this.#tell("inbox-error", { error });
      }
    }
  }

  /** @param {string} type @param {object} detail @returns {boolean} false where it was cancelled */
  #tell(type, detail) {
    const cancelable = type === "notification-click";
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }),
    );
  }
}

if (!customElements.get("notification-inbox")) {
  customElements.define("notification-inbox", NotificationInbox);
}
