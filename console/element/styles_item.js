/** One notification. */
export const ITEM_CSS = `
.list {
  list-style: none;
}
.item {
  --_ground: var(--_surface);
  position: relative;
  display: grid;
  grid-template:
    "mark text time" auto
    "mark text time" 1fr / 0.5rem minmax(0, 1fr) auto;
  column-gap: 0.625rem;
  padding-block: 0.75rem;
  padding-inline: 0.75rem 1rem;
  background: var(--_ground);
  overflow: clip;
}
.item.titled {
  grid-template:
    "mark subject time" auto
    "mark text text" 1fr / 0.5rem minmax(0, 1fr) auto;
}
.item + .item {
  border-block-start: 1px solid var(--_line);
}
.item.unread {
  --_ground: color-mix(in srgb, var(--_accent) 5%, var(--_surface));
}
.item:is(:hover, :has(:focus-visible)) {
  --_ground: var(--_raised);
}
.item.unread:is(:hover, :has(:focus-visible)) {
  --_ground: color-mix(in srgb, var(--_accent) 9%, var(--_surface));
}
.item.arrived {
  animation: arrive 1.8s ease-out;
}
@keyframes arrive {
  from {
    opacity: 0;
    transform: translateY(-0.375rem);
    background: color-mix(in srgb, var(--_accent) 22%, var(--_surface));
  }
  15% {
    opacity: 1;
    transform: none;
    background: color-mix(in srgb, var(--_accent) 22%, var(--_surface));
  }
}

.open {
  position: absolute;
  inset: 0;
  z-index: 1;
}
.open:focus-visible {
  outline-offset: -3px;
  border-radius: 0.625rem;
}
.mark {
  grid-area: mark;
  width: 0.5rem;
  height: 0.5rem;
  margin-block-start: 0.375rem;
  border-radius: 50%;
}
.unread .mark {
  background: var(--_accent);
}

.text {
  grid-area: text;
  min-width: 0;
}
.subject,
.content {
  overflow-wrap: anywhere;
}
.subject {
  grid-area: subject;
  font-weight: 500;
}
.unread .subject {
  font-weight: 620;
}
.content {
  display: -webkit-box;
  overflow: hidden;
  color: var(--_muted);
  white-space: pre-line;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 3;
}
.item:not(.titled) .content {
  color: var(--_text);
}
.expanded .content {
  position: relative;
  z-index: 2; /* to be selected */
  display: block;
  max-height: 24rem;
  overflow-y: auto;
  white-space: pre-wrap;
}
.more {
  position: relative;
  z-index: 2;
  margin-block-start: 0.125rem;
  padding-block: 0.125rem;
  border-radius: 0.25rem;
  color: var(--_accent);
  font-size: 0.8125rem;
  font-weight: 550;
}
.more:hover {
  text-decoration: underline;
  text-underline-offset: 0.2em;
}

time {
  grid-area: time;
  color: var(--_muted);
  font-size: 0.75rem;
  line-height: 1.25rem;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
.actions {
  z-index: 2;
  display: flex;
  gap: 0.125rem;
}

/* With a mouse, the actions take the place of the time; with a finger, they stand below it. */
@media (hover: hover) {
  .actions {
    position: absolute;
    inset-block-start: 0.5rem;
    inset-inline-end: 0.625rem;
    padding-inline-start: 0.375rem;
    background: var(--_ground);
    opacity: 0;
  }
  .item:is(:hover, :has(:focus-visible)) .actions {
    opacity: 1;
  }
}
@media (hover: none) {
  .item,
  .item.titled {
    grid-template-areas: "mark text time" "mark text actions";
  }
  .item.titled {
    grid-template-areas: "mark subject time" "mark text actions";
  }
  time {
    justify-self: end;
  }
  .actions {
    grid-area: actions;
    margin-block-end: -0.375rem;
    margin-inline-end: -0.5rem;
  }
}
`;
