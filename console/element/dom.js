/** Making elements. Data becomes text, never markup: there is no way to HTML from here. */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | boolean | null | undefined>} [attributes] true: without a value;
 *   false, null, undefined: left out
 * @param {...(Node | string | null)} children strings become text
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    setAttribute(made, attribute, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * @param {Element} target
 * @param {string} name
 * @param {string | boolean | null | undefined} value as for `element`
 */
export function setAttribute(target, name, value) {
  if (value === true || typeof value === "string") {
    target.setAttribute(name, value === true ? "" : value);
  } else {
    target.removeAttribute(name);
  }
}

/** Change a text, and nothing where it stays the same: a reader may be selecting it. */
/** @param {Element} target @param {string} text */
export function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** Icons of 20 × 20, drawn with lines. */
const ICONS = {
  bell: "M10 2.75a4.75 4.75 0 0 0-4.75 4.75c0 4.5-2 6-2 6h13.5s-2-1.5-2-6A4.75 4.75 0 0 0 10 2.75ZM8.4 16.5a1.75 1.75 0 0 0 3.2 0",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  checks: "m2.5 10.5 3.25 3.5L12 6.5m-2.75 6.25L10.5 14l7-7.5",
  ring: "M10 5.75a4.25 4.25 0 1 0 0 8.5 4.25 4.25 0 0 0 0-8.5Z",
  archive: "M3.25 4.25h13.5v3H3.25zM4.5 7.25v8.5h11v-8.5M8.25 10.5h3.5",
  close: "m5 5 10 10M15 5 5 15",
  inbox: "M3 11.5 5.25 4.5h9.5L17 11.5v4H3zM3 11.5h4l1 1.75h4l1-1.75h4",
  warning: "M10 3.25 2.75 16h14.5L10 3.25ZM10 8.5v3.25M10 13.75v.25",
};

/** @param {keyof typeof ICONS} name @returns {SVGSVGElement} */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.setAttribute("viewBox", "0 0 20 20");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(path);
  return drawing;
}
