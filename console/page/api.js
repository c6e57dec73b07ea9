/**
 * The service's HTTP API, as far as the console needs it.
 *
 * @typedef {{
 *   id: string, user_id: number | string, notification_type: string, content: string,
 *   status: string, timestamp: string, created_at: string,
 *   subject?: string, to?: string, reason?: string, send_at?: string,
 * }} Notification
 * @typedef {{
 *   at: string, provider: string | null, outcome: string, code: string | null,
 *   detail: string | null, provider_message_id: string | null,
 * }} Attempt
 * @typedef {Notification & {
 *   delivery: string, attempts: Attempt[], attempt_count: number, next_attempt_at: string | null,
 *   expires_at: string | null, read_at?: string | null, seen_at?: string | null,
 *   archived_at?: string | null,
 * }} Details
 * @typedef {{
 *   id: string, reason: string, user_id?: number | string, notification_type?: string,
 *   created_at?: string, failed_at?: string | null, attempt_count?: number,
 *   last_attempt?: Attempt | null,
 * }} Letter
 */

import { request } from "../client/http.js";
import { Problem } from "../client/problem.js";

export class Api {
  #base;
  #key;
  #onUnknownKey;

  /**
   * @param {URL} base the API's root, with a slash at its end
   * @param {string} key
   * @param {(problem: Problem) => void} [onUnknownKey] called when the key opens nothing any more
   */
  constructor(base, key, onUnknownKey = () => {}) {
    this.#base = base;
    this.#key = key;
    this.#onUnknownKey = onUnknownKey;
  }

  /** Find out whether the key is known. Any answer but 401 says that it is. */
  async check() {
    try {
      await this.#call("GET", "users/-/notifications?limit=1");
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 401 || error.passing) {
        throw error;
      }
    }
  }

  /**
   * @param {Record<string, unknown>} command the body of `POST /notifications`
   * @param {AbortSignal} signal
   * @returns {Promise<{id: string, message: string}>}
   */
  send(command, signal) {
    return this.#call("POST", "notifications", signal, command);
  }

  /**
   * @param {string} user
   * @param {Record<string, string>} query
   * @param {AbortSignal} signal
   * @returns {Promise<{data: Notification[], next: string | null}>} newest first
   */
  async list(user, query, signal) {
    try {
      const path = userPath(user, `notifications?${new URLSearchParams(query)}`);
      return await this.#call("GET", path, signal);
    } catch (error) {
      if (error instanceof Problem && error.code === "no_notifications") {
        return { data: [], next: null };
      }
      throw error;
    }
  }

  /**
   * @param {string} user
   * @param {string} id
   * @param {AbortSignal} signal
   * @returns {Promise<Details>}
   */
  one(user, id, signal) {
    return this.#call("GET", userPath(user, `notifications/${encodeURIComponent(id)}`), signal);
  }

  /**
   * Take a notification back that has not been sent.
   *
   * @param {string} user
   * @param {string} id
   * @param {AbortSignal} signal
   * @returns {Promise<Notification>}
   */
  cancel(user, id, signal) {
    return this.#call("DELETE", userPath(user, `notifications/${encodeURIComponent(id)}`), signal);
  }

  /**
   * @param {string} user
   * @param {AbortSignal} signal
   * @returns {Promise<{email: string | null, phone: string | null}>}
   */
  contacts(user, signal) {
    return this.#call("GET", userPath(user), signal);
  }

  /** @param {string} user @returns {Promise<import("../client/tokens.js").Ticket>} */
  token(user) {
    return this.#call("POST", userPath(user, "tokens"));
  }

  /**
   * @param {Record<string, string>} query
   * @param {AbortSignal} signal
   * @returns {Promise<{data: Letter[], more: boolean}>}
   */
  letters(query, signal) {
    return this.#call("GET", `dead-letters?${new URLSearchParams(query)}`, signal);
  }

  /**
   * @param {Record<string, unknown>} wanted the body of `POST /dead-letters/redrive`
   * @param {AbortSignal} signal
   * @returns {Promise<{redriven: number, skipped: {id: string, reason: string}[], more: boolean}>}
   */
  redrive(wanted, signal) {
    return this.#call("POST", "dead-letters/redrive", signal, wanted);
  }

  /** @param {string} method @param {string} path @param {AbortSignal} [signal] @param {unknown} [body] */
  async #call(method, path, signal, body) {
    const address = new URL(path, this.#base);
    try {
      return await request(address, { credential: this.#key, method, body, signal });
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        this.#onUnknownKey(error);
      }
      throw error;
    }
  }
}

/** @param {string} user @param {string} [rest] */
function userPath(user, rest) {
  return `users/${encodeURIComponent(user)}${rest === undefined ? "" : `/${rest}`}`;
}
