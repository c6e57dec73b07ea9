/** The panel: beside its bell, as a sheet on a phone, or in its place in the page. */
export const PANEL_CSS = `
.panel {
  display: flex;
  flex-direction: column;
  overflow: hidden;
  background: var(--_surface);
  color: var(--_text);
}
.panel:focus {
  outline: none;
}
.panel[popover] {
  --_away: translateY(-0.25rem) scale(0.985);
  position: fixed;
  inset: auto;
  top: var(--_top, 0);
  bottom: var(--_bottom, auto);
  left: var(--_left, 0);
  width: min(var(--_width), 100vw - 1.5rem);
  height: fit-content;
  max-height: min(var(--_height), var(--_room, 100dvh));
  margin: 0;
  padding: 0;
  border: 0;
  border-radius: var(--_radius);
  box-shadow: var(--_shadow);
  opacity: 0;
  transform: var(--_away);
  transition: opacity 130ms ease-out, transform 130ms ease-out, display 130ms allow-discrete,
    overlay 130ms allow-discrete;
}
.panel[popover]:not(:popover-open) {
  display: none;
}
.panel:popover-open {
  opacity: 1;
  transform: none;
}
@starting-style {
  .panel:popover-open {
    opacity: 0;
    transform: var(--_away);
  }
}
.panel::backdrop {
  background: transparent;
}
:host([inline]) .panel {
  height: 100%;
  max-height: inherit;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
}
:host([inline]) .close {
  display: none;
}

.header {
  display: flex;
  align-items: center;
  gap: 0.625rem;
  min-height: 3.25rem;
  padding-block: 0.5rem;
  padding-inline: 1.125rem 0.625rem;
  border-block-end: 1px solid var(--_line);
}
h2 {
  font-size: 0.9375rem;
  font-weight: 620;
  letter-spacing: -0.01em;
}
.status {
  display: inline-flex;
  align-items: center;
  gap: 0.375rem;
  margin-inline-end: auto;
  color: var(--_muted);
  font-size: 0.75rem;
  white-space: nowrap;
}
.status::before {
  content: "";
  width: 0.4375rem;
  height: 0.4375rem;
  border-radius: 50%;
  background: var(--_muted);
}
.status[data-state="live"]::before {
  background: var(--_good);
}
.status:is([data-state="connecting"], [data-state="reconnecting"], [data-state="polling"])::before {
  background: var(--_wait);
  animation: breathe 1.4s ease-in-out infinite;
}
.status[data-state="unauthorized"]::before {
  background: var(--_danger);
}
.mark-all {
  white-space: nowrap;
}
.close {
  display: none;
}

.body {
  flex: 1;
  min-height: 0;
  overflow-y: auto;
  overscroll-behavior: contain;
  scrollbar-width: thin;
  scrollbar-color: color-mix(in srgb, var(--_muted) 45%, transparent) transparent;
}
.load-older {
  display: flex;
  justify-content: center;
  width: calc(100% - 1rem);
  margin: 0.5rem;
  padding-block: 0.5rem;
}

.message {
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 0.25rem;
  min-height: min(18rem, 100%);
  padding: 2.5rem 2rem;
  color: var(--_muted);
  text-align: center;
  text-wrap: balance;
}
.message svg {
  width: 3rem;
  height: 3rem;
  margin-block-end: 0.625rem;
  padding: 0.75rem;
  border-radius: 50%;
  background: var(--_raised);
  stroke-width: 1.4;
}
.message-title {
  color: var(--_text);
  font-weight: 600;
}
.message .quiet {
  margin-block-start: 0.625rem;
  background: var(--_raised);
}

.loading {
  padding-block: 0.375rem;
}
.skeleton {
  height: 4.25rem;
  margin-inline: 1.75rem 1.125rem;
  padding-block: 0.875rem;
}
.skeleton::before,
.skeleton::after {
  content: "";
  display: block;
  width: 45%;
  height: 0.625rem;
  border-radius: 0.3125rem;
  background: var(--_raised);
  animation: breathe 1.6s ease-in-out infinite;
}
.skeleton::after {
  width: 85%;
  margin-block-start: 0.75rem;
  animation-delay: 0.2s;
}
@keyframes breathe {
  50% {
    opacity: 0.35;
  }
}

.notice {
  display: flex;
  align-items: center;
  gap: 0.5rem;
  margin: 0.5rem;
  padding-block: 0.25rem;
  padding-inline: 0.875rem 0.25rem;
  border-radius: 0.625rem;
  background: var(--_raised);
  font-size: 0.8125rem;
}
.notice p {
  flex: 1;
  padding-block: 0.25rem;
}
.notice.error {
  background: color-mix(in srgb, var(--_danger) 12%, var(--_surface));
  color: var(--_danger);
  font-weight: 550;
}
.notice .quiet:hover,
.notice .action:hover {
  background: color-mix(in srgb, currentcolor 10%, transparent);
}

/* A phone: a sheet that comes up from below. */
@media (max-width: 30rem) {
  .panel[popover] {
    --_away: translateY(3rem);
    inset: auto 0 0;
    width: 100%;
    max-width: none;
    height: 88dvh;
    max-height: none;
    padding-block-end: env(safe-area-inset-bottom);
    border-radius: 1.25rem 1.25rem 0 0;
    transition-duration: 220ms;
    transition-timing-function: cubic-bezier(0.2, 0.9, 0.3, 1);
  }
  .panel::backdrop {
    background: rgb(8 9 12 / 0.45);
  }
  .header {
    min-height: 3.75rem;
  }
  h2 {
    font-size: 1.0625rem;
  }
  .panel[popover] .close {
    display: grid;
  }
}
`;
