// Icons, 20 by 20, drawn in the colour of the text.
import { html } from "../vendor/reactive.js";

const PATHS = {
  tasks: "M3.5 5h13M3.5 10h13M3.5 15h8",
  create: "M10 4v12M4 10h12",
  usage: "M4 16V9M8 16V5M12 16v-5M16 16V7",
  library: "M4 4.5h5v5H4zM11 10.5h5v5h-5zM6.5 9.5v3.5h4.5M13.5 10.5V7H9",
  keys: "M12.5 11a4 4 0 1 0-3.6-2.2L4 13.7V16h2.5v-1.7h1.8v-1.8h1.6l.5-.5c.6.4 1.3 1 2.1 1zM13.4 6.7h.01",
  webhooks: "M7 13a3 3 0 1 1-2.6-3L8 4.5a3 3 0 1 1 4 2l3 4.6a3 3 0 1 1-1.5 2.4H8",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  close: "M5 5l10 10M15 5L5 15",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  down: "M5.5 8l4.5 4.5L14.5 8",
  right: "M8 5.5l4.5 4.5L8 14.5",
  left: "M12 5.5L7.5 10l4.5 4.5",
  up: "M5.5 12L10 7.5l4.5 4.5",
  restart: "M15.5 10a5.5 5.5 0 1 1-1.7-4M15.5 3v3.5H12",
  end: "M6 6h8v8H6z",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.8 10h7.4l.8-10M8.5 9v4M11.5 9v4",
  play: "M7 5l8 5-8 5z",
  pause: "M7 5v10M13 5v10",
  link: "M8.5 11.5l3-3M7 9L5 11a2.8 2.8 0 0 0 4 4l2-2M13 11l2-2a2.8 2.8 0 0 0-4-4L9 7",
  copy: "M7 7h9v9H7zM13 7V4H4v9h3",
  download: "M10 3.5v9M6 9l4 4 4-4M4 16.5h12",
  upload: "M10 13V4M6 7.5l4-4 4 4M4 16.5h12",
  file: "M5 3h6l4 4v10H5zM11 3v4h4",
  eye: "M2.5 10s2.7-5 7.5-5 7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  out: "M8 4H4v12h4M12 6.5l3.5 3.5-3.5 3.5M15 10H8",
  theme: "M10 3a7 7 0 1 0 7 7 5 5 0 0 1-7-7z",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.5 2",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
};

export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} />
  </svg>`;
}

/** A status as a shape: told apart without its colour. */
const SHAPES = {
  waiting: html`<circle cx="8" cy="8" r="5.5" />`,
  active: html`<circle cx="8" cy="8" r="5.5" opacity=".3" /><path d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" />`,
  succeeded: html`<circle class="solid" cx="8" cy="8" r="6.6" /><path class="cut" d="M5 8.3l2.1 2.1L11 6" />`,
  failed: html`<path class="solid" d="M8 .9L15.1 8 8 15.1.9 8z" /><path class="cut" d="M8 4.8v3.8M8 10.9v.01" />`,
  cancelled: html`<circle cx="8" cy="8" r="5.5" /><path d="M4.3 11.7l7.4-7.4" />`,
  skipped: html`<path d="M3 8h10" />`,
};

export function StatusShape({ status }) {
  const shape = SHAPES[status] || SHAPES.active;
  const turning = !SHAPES[status];
  return html`<svg class=${`shape ${turning ? "turning" : ""}`} width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">${shape}</svg>`;
}

export function Logo() {
  return html`<svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
    <rect width="32" height="32" rx="8" class="logo-ground" />
    <path d="M8 7v18M24 7v18" stroke="#fff" stroke-width="2.6" stroke-linecap="round" />
    <rect x="12" y="6" width="8" height="9.5" rx="1.6" fill="#fff" />
    <path
      d="M11.5 20.2c1.5-1.3 3-1.3 4.5 0s3 1.3 4.5 0M11.5 24.6c1.5-1.3 3-1.3 4.5 0s3 1.3 4.5 0"
      stroke="#9fe0d8"
      stroke-width="1.9"
      fill="none"
      stroke-linecap="round"
    />
  </svg>`;
}
