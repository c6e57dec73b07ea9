/** The element's styles, in a sheet of its own: no page's policy (CSP) has to let inline ones in. */

import { ITEM_CSS } from "./styles_item.js";
import { PANEL_CSS } from "./styles_panel.js";
import { THEME_CSS } from "./styles_theme.js";

/** @type {CSSStyleSheet | undefined} one for all elements of a page */
let sheet;

export function styleSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync([THEME_CSS, PANEL_CSS, ITEM_CSS].join("\n"));
  }
  return sheet;
}
