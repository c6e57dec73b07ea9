/**
 * The service's HTTP API, as far as the console needs it.
 *
 * @typedef {{field: string, code: string, detail: string}} FieldError
 * @typedef {{
 *   id: string, user_id: number | string, notification_type: string, content: string,
 *   status: string, timestamp: string, created_at: string,
 *   subject?: string, to?: string, reason?: string, truncated?: boolean,
 * }} Notification
 * @typedef {{
 *   at: string, provider: string | null, outcome: string, code: string | null,
 *   detail: string | null, provider_message_id: string | null,
 * }} Attempt
 * @typedef {Notification & {
 *   delivery: string, attempts: Attempt[], attempt_count: number, next_attempt_at: string | null,
 * }} Details
 */

/** API Gateway gives up after 30 s; past that no answer will come. */
const TIMEOUT_MS = 35_000;

/** An answer that is no success: `application/problem+json` (RFC 9457), or none at all. */
export class Problem extends Error {
  /**
   * @param {number} status 0 if there was no answer
   * @param {{code?: string, detail?: string, title?: string, errors?: FieldError[]}} body
   */
  constructor(status, body) {
    super(body.detail ?? body.title ?? `The service answered with status ${status}.`);
    this.status = status;
    this.code = body.code ?? "";
    this.fields = body.errors ?? [];
  }

  /** @returns {boolean} whether the same request may succeed a little later */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  #base;
  #key;
  #onUnknownKey;

  /**
   * @param {URL} base the API's root, with a slash at its end
   * @param {string} key
   * @param {(problem: Problem) => void} onUnknownKey called when the key opens nothing any more
   */
  constructor(base, key, onUnknownKey = () => {}) {
    this.#base = base;
    this.#key = key;
    this.#onUnknownKey = onUnknownKey;
  }

  /**
   * Find out whether the key is known. Any answer but 401 says that it is.
   *
   * @param {AbortSignal} signal
   */
  async check(signal) {
    try {
      await this.#call("GET", "users/-/notifications?limit=1", signal);
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
      return await this.#call("GET", `${userPath(user)}?${new URLSearchParams(query)}`, signal);
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
    return this.#call("GET", `${userPath(user)}/${encodeURIComponent(id)}`, signal);
  }

  /**
   * @param {string} user
   * @param {AbortSignal} signal
   * @returns {Promise<{token: string, expires_at: string, websocket_url: string}>}
   */
  token(user, signal) {
    return this.#call("POST", userPath(user, "tokens"), signal);
  }

  async #call(method, path, signal, body) {
    const headers = { Authorization: `Bearer ${this.#key}` };
    if (body) {
      headers["Content-Type"] = "application/json";
    }
    const answer = await request(new URL(path, this.#base), signal, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    const problem = answer.ok ? null : new Problem(answer.status, answer.body);
    if (problem?.status === 401) {
      this.#onUnknownKey(problem);
    }
    if (problem) {
      throw problem;
    }
    return answer.body;
  }
}

function userPath(user, rest = "notifications") {
  return `users/${encodeURIComponent(user)}/${rest}`;
}

/** Send one request; an answer that is no JSON object counts as an empty one. */
async function request(address, signal, options) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await fetch(address, { ...options, signal: AbortSignal.any([signal, timeout]) });
    const text = await answer.text();
    return { ok: answer.ok, status: answer.status, body: objectIn(text) };
  } catch (error) {
    signal.throwIfAborted();
    throw new Problem(0, { detail: "The service did not answer. Is it running?" });
  }
}

function objectIn(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
