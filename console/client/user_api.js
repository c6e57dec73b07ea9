/** What the HTTP API has of one user, asked for with that user's token. */

import { request } from "./http.js";
import { asProblem } from "./problem.js";
import { Tokens } from "./tokens.js";

export class UserApi {
  tokens;
  #base;
  #closing = new AbortController();

  /**
   * @param {string | URL} api
   * @param {string | number} user
   * @param {import("./tokens.js").TokenSource} token
   */
  constructor(api, user, token) {
    const root = new URL(String(api).replace(/\/*$/, "/"), globalThis.location?.href);
    this.#base = new URL(`users/${encodeURIComponent(String(user))}/`, root);
    this.tokens = new Tokens(token);
  }

  /**
   * @param {string} method
   * @param {string} path below the user's
   * @param {{body?: unknown, keepalive?: boolean, signal?: AbortSignal}} [options]
   * @returns {Promise<any>}
   * @throws {import("./problem.js").Problem}
   */
  async call(method, path, options = {}) {
    const first = await this.tokens.get();
    try {
      return await this.#request(first.token, method, path, options);
    } catch (error) {
      if (asProblem(error).status !== 401 || !this.tokens.areRenewable) {
        throw error;
      }
    }
    this.tokens.refuse(first.token);
    const second = await this.tokens.get();
    return this.#request(second.token, method, path, options);
  }

  /** Ask for nothing more. What changes something goes on to its end. */
  close() {
    this.#closing.abort();
  }

  /**
   * @param {string} credential
   * @param {string} method
   * @param {string} path
   * @param {{body?: unknown, keepalive?: boolean, signal?: AbortSignal}} options
   */
  #request(credential, method, path, { signal, ...options }) {
    const ending = [this.#closing.signal, ...(signal ? [signal] : [])];
    return request(new URL(path, this.#base), {
      ...options,
      credential,
      method,
      signal: method === "GET" ? AbortSignal.any(ending) : undefined,
    });
  }
}
