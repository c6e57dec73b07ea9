/** What went wrong, in the service's words where it has said any. */

/** An answer that is no success: `application/problem+json` (RFC 9457), an error frame, or none. */
export class Problem extends Error {
  /**
   * @param {number} status 0 if there was no answer
   * @param {{code?: string, detail?: string, title?: string,
   *   errors?: {field: string, code: string, detail: string}[]}} body
   * @param {number} [retryAfter] seconds that the service asks to wait for
   */
  constructor(status, body, retryAfter = 0) {
    super(body.detail ?? body.title ?? `The service answered with status ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? "";
    this.fields = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** Whether the same may succeed a little later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Whether another token may open it. */
  get refused() {
    return this.status === 401 || this.status === 403;
  }
}

/** The status that an error frame's code has over HTTP, where it matters. */
const PASSING = new Set(["unavailable", "internal_error"]);

/** @param {Record<string, any>} frame of the type `error` @returns {Problem} */
export function problemOfFrame(frame) {
  return new Problem(PASSING.has(frame.code) ? 503 : 422, frame);
}

/** @param {unknown} error @returns {Problem} */
export function asProblem(error) {
  if (error instanceof Problem) {
    return error;
  }
  return new Problem(0, { detail: error instanceof Error ? error.message : String(error) });
}
