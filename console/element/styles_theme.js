/**
 * Colours, type, the bell and what the controls share. Text has a contrast of 4.5 or more on each
 * ground that it stands on, in both themes; marks and focus rings 3 or more.
 */
export const THEME_CSS = `
:host {
  --_accent: var(--notification-inbox-accent, light-dark(#2b59d9, #8fb0ff));
  --_surface: var(--notification-inbox-surface, light-dark(#ffffff, #17181c));
  --_raised: var(--notification-inbox-raised, light-dark(#f4f4f6, #212329));
  --_text: var(--notification-inbox-text, light-dark(#17181c, #f0f1f3));
  --_muted: var(--notification-inbox-muted, light-dark(#5a5d66, #a3a7b0));
  --_line: var(--notification-inbox-line, light-dark(#e7e7eb, #2c2e35));
  --_danger: var(--notification-inbox-danger, light-dark(#b3201d, #ff9d97));
  --_good: light-dark(#16915a, #4ccf8c);
  --_wait: light-dark(#b56a00, #f0b457);
  --_badge: var(--notification-inbox-badge, #cf222e);
  --_badge-text: var(--notification-inbox-badge-text, #ffffff);
  --_radius: var(--notification-inbox-radius, 0.875rem);
  --_width: var(--notification-inbox-width, 25rem);
  --_height: var(--notification-inbox-height, 36rem);
  --_shadow: var(
    --notification-inbox-shadow,
    0 0 0 1px light-dark(rgb(15 16 20 / 0.06), rgb(255 255 255 / 0.08)),
    0 2px 6px light-dark(rgb(15 16 20 / 0.06), rgb(0 0 0 / 0.4)),
    0 16px 40px -8px light-dark(rgb(15 16 20 / 0.2), rgb(0 0 0 / 0.7))
  );
  display: inline-block;
  position: relative;
  color-scheme: light dark;
  font-family: var(
    --notification-inbox-font,
    Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif
  );
  font-size: var(--notification-inbox-font-size, 0.875rem);
  line-height: 1.45;
  letter-spacing: normal;
  text-align: start;
  text-transform: none;
  -webkit-text-size-adjust: 100%;
}
:host([hidden]),
[hidden] {
  display: none !important;
}
:host([theme="light"]) {
  color-scheme: light;
}
:host([theme="dark"]) {
  color-scheme: dark;
}
:host([inline]) {
  display: block;
}

*,
::before,
::after {
  box-sizing: border-box;
}
h2,
p,
ul {
  margin: 0;
  padding: 0;
}
button,
a {
  margin: 0;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  text-decoration: none;
  cursor: pointer;
  -webkit-tap-highlight-color: transparent;
}
svg {
  flex: none;
  width: 1.25rem;
  height: 1.25rem;
  fill: none;
  stroke: currentcolor;
  stroke-width: 1.6;
  stroke-linecap: round;
  stroke-linejoin: round;
}
:focus-visible {
  outline: 2px solid var(--_accent);
  outline-offset: 1px;
}
.hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.bell {
  position: relative;
  display: grid;
  place-items: center;
  width: 2.5rem;
  height: 2.5rem;
  border-radius: 0.625rem;
  color: inherit;
  transition: background-color 120ms;
}
.bell:hover,
.bell[aria-expanded="true"] {
  background: color-mix(in srgb, currentcolor 9%, transparent);
}
.bell svg {
  width: 1.375rem;
  height: 1.375rem;
  stroke-width: 1.5;
}
.badge {
  position: absolute;
  inset-block-start: 0.125rem;
  inset-inline-start: 1.25rem;
  min-width: 1.125rem;
  padding-inline: 0.3125rem;
  border-radius: 1rem;
  background: var(--_badge);
  color: var(--_badge-text);
  font-size: 0.6875rem;
  font-weight: 650;
  font-variant-numeric: tabular-nums;
  line-height: 1.125rem;
  text-align: center;
  white-space: nowrap;
}

.quiet {
  display: inline-flex;
  align-items: center;
  gap: 0.375rem;
  padding: 0.3125rem 0.5rem;
  border-radius: 0.5rem;
  color: var(--_accent);
  font-size: 0.8125rem;
  font-weight: 550;
  transition: background-color 120ms;
}
.quiet:hover {
  background: var(--_raised);
}
.quiet svg {
  width: 1rem;
  height: 1rem;
  stroke-width: 1.8;
}
.quiet[aria-disabled="true"] {
  color: var(--_muted);
  cursor: default;
  opacity: 0.65;
}
.quiet[aria-disabled="true"]:hover {
  background: none;
}
.action {
  display: grid;
  place-items: center;
  width: 1.75rem;
  height: 1.75rem;
  border-radius: 0.4375rem;
  color: var(--_muted);
  transition: background-color 120ms, color 120ms;
}
.action:hover {
  background: color-mix(in srgb, currentcolor 12%, transparent);
  color: var(--_text);
}
.action svg {
  width: 1.125rem;
  height: 1.125rem;
}

@media (pointer: coarse) {
  .action {
    width: 2.25rem;
    height: 2.25rem;
  }
}
@media (prefers-reduced-motion: reduce) {
  *,
  ::before,
  ::after,
  ::backdrop {
    animation: none !important;
    transition: none !important;
  }
}
`;
