/** Texts that others wrote: of any length, in any script, and perhaps with nothing to be seen. */

/** Longer ones are shown in part until somebody asks for the rest. */
const SHORT_CHARACTERS = 180;
const SHORT_LINES = 3;
/** Of a text that is shown in part: more than its lines can hold. */
const PREVIEW_CHARACTERS = 600;
const LABEL_CHARACTERS = 120;
/** Neither a control or formatting character, nor a space, a filler, or a mark without a letter. */
const VISIBLE = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]/u;

/** @param {string | undefined} text @returns {text is string} whether there is anything to see */
export function isVisible(text) {
  return text !== undefined && VISIBLE.test(text);
}

/** @param {string} text */
export function isLong(text) {
  return text.split("\n", SHORT_LINES + 1).length > SHORT_LINES || cut(text, SHORT_CHARACTERS) !== text;
}

/** @param {string} text @returns {string} what stands for it while the rest is not asked for */
export function previewOf(text) {
  return cut(text, PREVIEW_CHARACTERS);
}

/**
 * What a notification is called in one line.
 *
 * @param {{subject?: string, content: string}} notification
 * @param {string} untitled what to call it if there is nothing to be seen
 */
export function labelOf({ subject, content }, untitled) {
  const text = [subject, content].find(isVisible) ?? untitled;
  const part = cut(text.trim(), LABEL_CHARACTERS);
  const line = part.replace(/\s+/gu, " ").trim();
  return part === text.trim() ? line : `${line}…`;
}

/**
 * Where a notification leads: `data.url`, if it is an address that a page may open.
 *
 * @param {{data?: Record<string, unknown>}} notification
 * @returns {string | null} an http or https address; `javascript:` and its like are none
 */
export function linkOf({ data }) {
  const given = data?.url;
  if (typeof given !== "string" || !URL.canParse(given, document.baseURI)) {
    return null;
  }
  const url = new URL(given, document.baseURI);
  return ["http:", "https:"].includes(url.protocol) ? url.href : null;
}

/** Cut between characters, not within one. @param {string} text @param {number} length */
function cut(text, length) {
  if (text.length <= length) {
    return text;
  }
  const last = text.codePointAt(length - 1) ?? 0;
  return text.slice(0, last > 0xffff ? length - 1 : length);
}
