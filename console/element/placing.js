/** Where the panel goes: below its bell, or above, within the window. */

const GAP = 8;
const MARGIN = 12;
const LEAST_HEIGHT = 280;

/**
 * Place a panel, and keep it in its place until the returned function is called.
 *
 * @param {HTMLElement} panel in the top layer, so its coordinates are the window's
 * @param {HTMLElement} bell
 * @returns {() => void}
 */
export function keepPlaced(panel, bell) {
  const listening = new AbortController();
  const place = () => placeOnce(panel, bell);
  const options = { signal: listening.signal, passive: true };
  addEventListener("resize", place, options);
  addEventListener("scroll", place, { ...options, capture: true });
  place();
  return () => listening.abort();
}

/** @param {HTMLElement} panel @param {HTMLElement} bell */
function placeOnce(panel, bell) {
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  const at = bell.getBoundingClientRect();
  const isLeftToRight = getComputedStyle(bell).direction === "ltr";
  const wanted = isLeftToRight ? at.right - panel.offsetWidth : at.left;
  const left = Math.max(MARGIN, Math.min(wanted, width - panel.offsetWidth - MARGIN));
  const below = height - at.bottom - GAP - MARGIN;
  const above = at.top - GAP - MARGIN;
  const isAbove = below < LEAST_HEIGHT && above > below;
  const values = {
    "--_left": `${left}px`,
    "--_top": isAbove ? "auto" : `${at.bottom + GAP}px`,
    "--_bottom": isAbove ? `${height - at.top + GAP}px` : "auto",
    "--_room": `${Math.max(isAbove ? above : below, 0)}px`,
  };
  for (const [name, value] of Object.entries(values)) {
    panel.style.setProperty(name, value);
  }
}
