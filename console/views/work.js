// Subtasks put together by hand: for a new task, and for a workflow.
import { html } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { spoken } from "../core/format.js";
import { Button, Field } from "../parts/basics.js";
import { SchemaForm } from "./form.js";

const say = words.create;

/** `subtasks` are as POST /tasks takes them; `errors` maps the API's paths to messages. */
export function Work({ kinds, presets, subtasks, change, errors }) {
  const set = (at, one) => change(subtasks.map((other, number) => (number === at ? one : other)));
  const add = (event) => {
    if (event.target.value) change([...subtasks, { kind: event.target.value, options: {} }]);
    event.target.value = "";
  };
  const remove = (at) => change(subtasks.filter((_, number) => number !== at).map((one) => without(one, at + 1)));
  return html`<div class="work">
    ${subtasks.map(
      (one, at) => html`<${Subtask}
        key=${at}
        number=${at + 1}
        subtask=${one}
        kind=${kinds.find((kind) => kind.kind === one.kind)}
        others=${subtasks.slice(0, at)}
        presets=${presets.filter((preset) => preset.kind === one.kind)}
        change=${(next) => set(at, next)}
        remove=${() => remove(at)}
        errors=${errors}
      />`,
    )}
    <${Field} label=${say.addSubtask}>
      ${(told) => html`<select ...${told} onChange=${add}>
        <option value="">${say.kind}…</option>
        ${kinds.map((kind) => html`<option key=${kind.kind} value=${kind.kind}>${spoken(kind.kind)} – ${kind.summary}</option>`)}
      </select>`}
    </${Field}>
  </div>`;
}

/** After one subtask is gone, the numbers by which others name each other are others. */
function without(subtask, gone) {
  const after = subtask.after?.filter((number) => number !== gone).map((number) => moved(number, gone));
  const source = subtask.source?.subtask === gone ? undefined : renumbered(subtask.source, gone);
  return given({ ...subtask, after, source, options: renumbered(subtask.options, gone) });
}

function moved(number, gone) {
  return number > gone ? number - 1 : number;
}

/** Options name files of other subtasks too: {subtask, name}, however deep. */
function renumbered(value, gone) {
  if (Array.isArray(value)) return value.map((one) => renumbered(one, gone));
  if (!value || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, name === "subtask" ? moved(inner, gone) : renumbered(inner, gone)]);
  return Object.fromEntries(entries);
}

/** A request without what isn't said. */
function given(subtask) {
  return Object.fromEntries(Object.entries(subtask).filter(([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && !value.length)));
}

function Subtask({ number, subtask, others, kind, presets, change, remove, errors }) {
  const path = `subtasks.${number - 1}`;
  const set = (changes) => change(given({ ...subtask, ...changes }));
  const general = errors[path] || errors[`${path}.kind`] || errors[`${path}.options`];
  return html`<fieldset class="card subtask-form">
    <legend class="unseen">${number} ${subtask.kind}</legend>
    <div class="card-head">
      <h3><span class="step">${number}</span> ${spoken(subtask.kind)}</h3>
      <span class="grow"></span>
      <${Button} kind="quiet" icon="trash" aria-label=${`${words.common.remove}: ${number} ${subtask.kind}`} title=${words.common.remove} onClick=${remove} />
    </div>
    <div class="card-body">
      <p class="hint">${kind?.summary}</p>
      ${general && html`<p class="field-error" role="alert">${general}</p>`}
      ${presets.length > 0 &&
      html`<div class="form-grid">
        <${Field} label=${say.preset} optional error=${errors[`${path}.preset`]}>
          ${(told) => html`<select ...${told} value=${subtask.preset || ""} onChange=${(event) => set({ preset: event.target.value })}>
            <option value="">${say.noPreset}</option>
            ${presets.map((one) => html`<option key=${one.name} value=${one.name}>${one.name}</option>`)}
          </select>`}
        </${Field}>
      </div>`}
      ${kind && html`<${SchemaForm} schema=${kind.options} value=${subtask.options} change=${(options) => set({ options })} errors=${errors} path=${`${path}.options`} />`}
      <${Around} number=${number} subtask=${subtask} others=${others} set=${set} errors=${errors} path=${path} />
    </div>
  </fieldset>`;
}

/** When a subtask is done, on what, and where its files go. */
function Around({ number, subtask, others, set, errors, path }) {
  const wrong = ["after", "if", "source", "output_path"].some((name) => Object.keys(errors).some((field) => field.startsWith(`${path}.${name}`)));
  const said = subtask.after || subtask.if || subtask.source || subtask.output_path;
  return html`<details class="more-options" open=${Boolean(wrong || said)}>
    <summary>${say.around}</summary>
    <div class="form-grid">
      ${number > 1 && html`<${After} others=${others} subtask=${subtask} set=${set} error=${errors[`${path}.after`]} />`}
      ${number > 1 && html`<${WorksOn} others=${others} subtask=${subtask} set=${set} errors=${errors} path=${`${path}.source`} />`}
      <${Field} label=${say.condition} hint=${say.conditionHint} error=${errors[`${path}.if`]} optional>
        ${(told) => html`<input ...${told} type="text" class="mono" name=${`if-${number}`} maxlength="300" spellcheck=${false} value=${subtask.if || ""} onInput=${(event) => set({ if: event.target.value })} />`}
      </${Field}>
      <${Field} label=${say.output} hint=${say.outputHint} error=${errors[`${path}.output_path`]} optional>
        ${(told) => html`<input ...${told} type="text" name=${`output-path-${number}`} spellcheck=${false} value=${subtask.output_path || ""} onInput=${(event) => set({ output_path: event.target.value })} />`}
      </${Field}>
    </div>
  </details>`;
}

function After({ others, subtask, set, error }) {
  const before = subtask.after || [];
  const toggle = (one) => set({ after: before.includes(one) ? before.filter((number) => number !== one) : [...before, one].sort((a, b) => a - b) });
  return html`<fieldset class=${`field ${error ? "wrong" : ""}`}>
    <legend>${say.after}</legend>
    <div class="ticks">
      ${others.map(
        (other, at) => html`<label key=${at} class="toggle"><input type="checkbox" checked=${before.includes(at + 1)} onChange=${() => toggle(at + 1)} /><span>${at + 1} ${spoken(other.kind)}</span></label>`,
      )}
    </div>
    ${error && html`<p class="field-error">${error}</p>`}
  </fieldset>`;
}

/** The task's source, or a file that an earlier subtask makes; it then comes after that one. */
function WorksOn({ others, subtask, set, errors, path }) {
  const choose = (event) => {
    const chosen = Number(event.target.value);
    if (!chosen) return set({ source: undefined });
    const after = [...new Set([...(subtask.after || []), chosen])].sort((a, b) => a - b);
    return set({ source: { subtask: chosen, name: usualFile(others[chosen - 1]) }, after });
  };
  return html`<div class="stack">
    <${Field} label=${say.worksOn} error=${errors[path] || errors[`${path}.subtask`]}>
      ${(told) => html`<select ...${told} value=${subtask.source?.subtask || ""} onChange=${choose}>
        <option value="">${words.subtask.inputSource}</option>
        ${others.map((other, at) => html`<option key=${at} value=${at + 1}>${say.madeBy(at + 1, spoken(other.kind))}</option>`)}
      </select>`}
    </${Field}>
    ${subtask.source &&
    html`<${Field} label=${say.itsFile} hint=${say.itsFileHint} error=${errors[`${path}.name`]}>
      ${(told) => html`<input ...${told} type="text" class="mono" value=${subtask.source.name} onInput=${(event) => set({ source: { ...subtask.source, name: event.target.value } })} />`}
    </${Field}>`}
  </div>`;
}

/** What a subtask calls the file that one is likeliest to go on with. */
function usualFile({ kind, options = {} }) {
  const names = { video: `video.${options.container || "mp4"}`, audio: `audio.${options.format || "m4a"}`, enhancement: "enhanced.mp4", screenshot: "screenshot-001.jpg" };
  return names[kind] || "";
}
