/**
 * User tokens: short-lived, so they are asked for again before they end and when they are refused.
 *
 * @typedef {object} Ticket as `POST /users/{id}/tokens` answers
 * @property {string} token
 * @property {string | number} [expires_at] RFC 3339, or seconds since the epoch
 * @property {string} [websocket_url]
 *
 * @typedef {string | Ticket} Given a token, or what the service answered when it was minted
 * @typedef {Given | (() => Given | Promise<Given>)} TokenSource
 */

import { Problem } from "./problem.js";

/** A token is renewed this long before it ends: it must still be good when it arrives. */
const RENEW_BEFORE_MS = 30_000;

export class Tokens {
  #source;
  /** @type {(Ticket & {ends: number}) | null} */
  #held = null;
  /** @type {Promise<Ticket> | null} */
  #asking = null;

  /** @param {TokenSource} source */
  constructor(source) {
    this.#source = source;
  }

  /** Whether there can be another one than that which was refused. */
  get areRenewable() {
    return typeof this.#source === "function";
  }

  /** Go on with another source. @param {TokenSource} source */
  replace(source) {
    this.#source = source;
    this.#held = null;
    this.#asking = null;
  }

  /** @returns {Promise<Ticket>} one that is good, as far as can be told */
  async get() {
    if (this.#held && (!this.areRenewable || this.#held.ends - Date.now() > RENEW_BEFORE_MS)) {
      return this.#held;
    }
    if (!this.#asking) {
      const asking = this.#ask().finally(() => {
        this.#asking = this.#asking === asking ? null : this.#asking;
      });
      this.#asking = asking;
    }
    return this.#asking;
  }

  /** Forget a token that was refused, unless it has been renewed meanwhile. @param {string} token */
  refuse(token) {
    if (this.#held?.token === token) {
      this.#held = null;
    }
  }

  async #ask() {
    const source = this.#source;
    const given = typeof source === "function" ? await source() : source;
    const ticket = typeof given === "string" ? { token: given } : given;
    if (!ticket?.token) {
      throw new Problem(401, { code: "no_token", detail: "There is no user token." });
    }
    const held = { ...ticket, ends: endOf(ticket) };
    if (source === this.#source) {
      this.#held = held;
    }
    return held;
  }
}

/** @param {Ticket} ticket @returns {number} milliseconds since the epoch */
function endOf({ token, expires_at: end }) {
  const said = typeof end === "number" ? end * 1000 : Date.parse(end ?? "");
  return Number.isFinite(said) ? said : Number(claimsOf(token).exp ?? Infinity) * 1000;
}

/** @param {string} token a JSON Web Token (RFC 7519) @returns {{exp?: number}} */
function claimsOf(token) {
  try {
    const [, payload] = token.split(".");
    return Object(JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch {
    return {}; // it is the service that judges it
  }
}
