// What comes up over the page: dialogs, menus, and short notices.
import { html, signal, useEffect, useRef, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { Button } from "./basics.js";
import { Icon } from "./icons.js";

const NOTICE_MILLISECONDS = 6000;

const notices = signal([]);
const asked = signal(null);

/** Say something for a few seconds; errors stay until they are dismissed. */
export function notify(text, kind = "good") {
  const notice = { text, kind, id: crypto.getRandomValues(new Uint32Array(1))[0] };
  notices.value = [...notices.value, notice].slice(-4);
  if (kind !== "bad") setTimeout(() => dismiss(notice), NOTICE_MILLISECONDS);
}

/** Say what went wrong. */
export function notifyError(error) {
  notify(error.kind === "offline" ? words.problem.offline : error.message || words.problem.title, "bad");
}

function dismiss(notice) {
  notices.value = notices.value.filter((one) => one !== notice);
}

/** Ask before something is done that can't be undone: resolves to whether it may be done. */
export function confirmed({ title, lead, go, danger = true }) {
  return new Promise((resolve) => {
    asked.value = { title, lead, go, danger, resolve };
  });
}

/** To be placed once, at the end of the page. */
export function Overlays() {
  const question = asked.value;
  const answer = (value) => () => {
    asked.value = null;
    question.resolve(value);
  };
  return html`
    ${question &&
    html`<${Dialog} title=${question.title} close=${answer(false)}>
      <p>${question.lead}</p>
      <div class="dialog-actions">
        <${Button} onClick=${answer(false)} autofocus>${words.common.cancel}</${Button}>
        <${Button} kind=${question.danger ? "danger" : "primary"} onClick=${answer(true)}>${question.go}</${Button}>
      </div>
    </${Dialog}>`}
    <div class="notices" role="status">
      ${notices.value.map(
        (notice) => html`<div key=${notice.id} class=${`notice ${notice.kind}`}>
          <span>${notice.text}</span>
          <button type="button" class="button quiet square small" aria-label=${words.common.dismiss} onClick=${() => dismiss(notice)}>
            <${Icon} name="close" size=${15} />
          </button>
        </div>`,
      )}
    </div>
  `;
}

/** A modal dialog; the browser keeps the focus inside and gives it back. */
export function Dialog({ title, close, wide = false, onKeyDown, children }) {
  const element = useRef();
  useEffect(() => {
    const dialog = element.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const cancelled = (event) => {
    event.preventDefault();
    close();
  };
  const outside = (event) => event.target === element.current && close();
  return html`<dialog ref=${element} class=${wide ? "wide" : ""} aria-label=${title} onCancel=${cancelled} onMouseDown=${outside} onKeyDown=${onKeyDown}>
    <div class="dialog-inside">
      <header>
        <h2>${title}</h2>
        <button type="button" class="button quiet square" aria-label=${words.common.close} onClick=${close}><${Icon} name="close" /></button>
      </header>
      ${children}
    </div>
  </dialog>`;
}

/** A button that opens a menu. `items` are {label, icon, run, danger, href} or null. */
export function Menu({ label, text, icon = "more", kind = "quiet", items, align = "end" }) {
  const [open, setOpen] = useState(false);
  const [up, setUp] = useState(false);
  const box = useRef();
  const button = useRef();
  const shown = items.filter(Boolean);

  useEffect(() => {
    if (!open) return undefined;
    box.current.querySelector("[role=menuitem]")?.focus();
    const outside = (event) => box.current?.contains(event.target) || setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const toggle = () => {
    setUp(button.current.getBoundingClientRect().bottom + shown.length * 38 + 20 > window.innerHeight);
    setOpen(!open);
  };
  const shut = () => {
    setOpen(false);
    button.current.focus();
  };
  const keys = (event) => {
    const entries = [...box.current.querySelectorAll("[role=menuitem]")];
    const at = entries.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (event.key === "Escape") shut();
    else if (event.key === "Tab") setOpen(false);
    else if (next !== undefined) entries[(next + entries.length) % entries.length]?.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };
  const run = (item) => () => {
    shut();
    item.run();
  };
  if (!shown.length) return null;
  return html`<span class="menu" ref=${box}>
    <button
      ref=${button}
      type="button"
      class=${`button ${kind} ${text ? "" : "square"}`}
      aria-haspopup="menu"
      aria-expanded=${String(open)}
      aria-label=${text ? undefined : label}
      title=${text ? undefined : label}
      onClick=${toggle}
    >
      ${text && html`<span>${text}</span>`}<${Icon} name=${text ? "down" : icon} />
    </button>
    ${open &&
    html`<span class=${`menu-list ${align} ${up ? "upwards" : ""}`} role="menu" aria-label=${label} onKeyDown=${keys}>
      ${shown.map(
        (item) => html`<button key=${item.label} type="button" role="menuitem" tabindex="-1" class=${item.danger ? "danger" : ""} onClick=${run(item)}>
          ${item.icon && html`<${Icon} name=${item.icon} />`}<span>${item.label}</span>
        </button>`,
      )}
    </span>`}
  </span>`;
}
