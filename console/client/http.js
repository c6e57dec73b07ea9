/** One request to the service's HTTP API. */

import { Problem } from "./problem.js";

/** API Gateway gives up after 30 s; past that no answer will come. */
const TIMEOUT_MS = 35_000;

/**
 * @param {URL} address
 * @param {object} options
 * @param {string} options.credential an API key or a user token
 * @param {string} [options.method]
 * @param {unknown} [options.body] sent as JSON
 * @param {AbortSignal} [options.signal]
 * @param {boolean} [options.keepalive] the request outlives the page
 * @returns {Promise<any>} what the answer holds; what is no JSON object counts as an empty one
 * @throws {Problem} where the answer is no success; the signal's reason where it was aborted
 */
export async function request(address, { credential, method, body, signal, keepalive }) {
  /** @type {Record<string, string>} */
  const headers = { Authorization: `Bearer ${credential}` };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  const ending = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
  let answer;
  let text;
  try {
    answer = await fetch(address, {
      method: method ?? "GET",
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      keepalive: keepalive ?? false,
      signal: AbortSignal.any(ending),
    });
    text = await answer.text();
  } catch {
    signal?.throwIfAborted();
    throw new Problem(0, { detail: "The service did not answer." });
  }
  if (!answer.ok) {
    const wait = Number(answer.headers.get("Retry-After"));
    throw new Problem(answer.status, objectIn(text), Number.isFinite(wait) ? wait : 0);
  }
  return objectIn(text);
}

/** @param {string} text @returns {Record<string, any>} */
function objectIn(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
