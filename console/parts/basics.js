// What every view is made of.
import { html, useEffect, useId, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { FINAL, exactly, moment } from "../core/format.js";
import { Icon, StatusShape } from "./icons.js";

/** A button, or a link that looks like one when it has `href`. `busy` keeps it from being pressed twice. */
export function Button({ kind = "plain", icon, busy = false, href, children, class: more = "", ...rest }) {
  const inner = html`${icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}`;
  const classes = `button ${kind} ${children ? "" : "square"} ${more}`;
  if (href) return html`<a class=${classes} href=${href} ...${rest}>${inner}</a>`;
  return html`<button type="button" class=${classes} aria-disabled=${busy || undefined} ...${rest} onClick=${busy ? undefined : rest.onClick}>
    ${busy && html`<${Spinner} />`}${inner}
  </button>`;
}

export function Spinner() {
  return html`<span class="spinner" aria-hidden="true"></span>`;
}

/** A status by shape, colour and word. */
export function Status({ status, skipped = false }) {
  const shown = skipped ? "skipped" : status;
  const group = FINAL.has(shown) || shown === "waiting" || shown === "skipped" ? shown : "active";
  return html`<span class=${`status ${group}`}><${StatusShape} status=${group === "active" ? "" : group} />${words.status[shown] || shown}</span>`;
}

/** Percent of something that goes on. */
export function Progress({ percent, status, label }) {
  const value = Math.round(percent || 0);
  return html`<span class=${`progress ${status || ""}`} role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${value}>
    <span style=${{ inlineSize: `${value}%` }}></span>
  </span>`;
}

/** A moment in the reader's zone; in UTC too when pointed at. */
export function Time({ at }) {
  if (!at) return html`<span class="faint">${words.common.none}</span>`;
  return html`<time datetime=${at} title=${exactly(at)}>${moment(at)}</time>`;
}

/** Text that can be copied. */
export function Copy({ text, label = words.common.copy, children }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => setDone(await copyText(text));
  return html`<span class="copy">
    ${children}
    <button type="button" class="button quiet square small" aria-label=${label} title=${done ? words.common.copied : label} onClick=${copy}>
      <${Icon} name=${done ? "check" : "copy"} size=${15} />
    </button>
    <span role="status" class="unseen">${done ? words.common.copied : ""}</span>
  </span>`;
}

/** Whether it could be copied: browsers give the clipboard to secure pages only, so there is an older way beside it. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "unseen" });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** A state with nothing in it, told so that one knows what to do. */
export function Empty({ icon = "file", title, children, action }) {
  return html`<div class="empty">
    <span class="empty-mark"><${Icon} name=${icon} size=${26} /></span>
    <h2>${title}</h2>
    ${children && html`<p>${children}</p>`} ${action}
  </div>`;
}

/** An error in its own words, and a way out of it. */
export function Problem({ error, again }) {
  const message = { offline: words.problem.offline, file_expired: words.player.expired }[error.kind] || error.message || words.problem.unexpected;
  return html`<div class="problem" role="alert">
    <strong>${error.status === 403 ? words.problem.forbidden : words.problem.title}</strong>
    <span>${message}</span>
    ${again && html`<${Button} kind="quiet" icon="restart" onClick=${again}>${words.common.retry}</${Button}>`}
  </div>`;
}

/** Grey shapes where something is about to be. */
export function Loading({ rows = 3 }) {
  return html`<div class="loading" role="status">
    <span class="unseen">${words.common.loading}</span>
    ${Array.from({ length: rows }, () => html`<span class="bone"></span>`)}
  </div>`;
}

/** A labelled control: its hint and its error are tied to it. `control` gets {id, describedby, invalid}. */
export function Field({ label, hint, error, optional = false, children: control }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return html`<div class=${`field ${error ? "wrong" : ""}`}>
    <label for=${id}>${label}${optional && html` <small>${words.common.optional}</small>`}</label>
    ${control({ id, "aria-describedby": described, "aria-invalid": error ? "true" : undefined })}
    ${error && html`<p class="field-error" id=${`${id}-error`}>${error}</p>`}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/** Names and values. Pairs without a value are left out. */
export function Facts({ pairs }) {
  const told = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return html`<dl class="facts">${told.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function Tabs({ label, tabs, chosen, choose }) {
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex(([name]) => name === chosen);
    choose(tabs[(at + step + tabs.length) % tabs.length][0]);
    event.currentTarget.children[(at + step + tabs.length) % tabs.length].focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${move}>
    ${tabs.map(
      ([name, text]) => html`<button
        key=${name}
        type="button"
        role="tab"
        aria-selected=${String(name === chosen)}
        tabindex=${name === chosen ? 0 : -1}
        onClick=${() => choose(name)}
      >
        ${text}
      </button>`,
    )}
  </div>`;
}
