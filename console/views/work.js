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

/** After one subtask is gone, the numbers that others wait for are others. */
function without(subtask, gone) {
  if (!subtask.after) return subtask;
  const after = subtask.after.filter((number) => number !== gone).map((number) => (number > gone ? number - 1 : number));
  return { ...subtask, after };
}

function Subtask({ number, subtask, kind, presets, change, remove, errors }) {
  const path = `subtasks.${number - 1}`;
  const set = (name, value) => {
    const { [name]: _, ...rest } = subtask;
    change(value === undefined || value === "" ? rest : { ...rest, [name]: value });
  };
  const after = (other) => {
    const before = subtask.after || [];
    set("after", before.includes(other) ? before.filter((one) => one !== other) : [...before, other].sort());
  };
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
      ${(presets.length > 0 || number > 1) &&
      html`<div class="form-grid">
        ${presets.length > 0 &&
        html`<${Field} label=${say.preset} optional error=${errors[`${path}.preset`]}>
          ${(told) => html`<select ...${told} value=${subtask.preset || ""} onChange=${(event) => set("preset", event.target.value)}>
            <option value="">${say.noPreset}</option>
            ${presets.map((one) => html`<option key=${one.name} value=${one.name}>${one.name}</option>`)}
          </select>`}
        </${Field}>`}
        ${number > 1 &&
        html`<fieldset class="field">
          <legend>${say.after}</legend>
          <div class="ticks">
            ${Array.from({ length: number - 1 }, (_, at) => at + 1).map(
              (other) => html`<label key=${other} class="toggle"><input type="checkbox" checked=${subtask.after?.includes(other)} onChange=${() => after(other)} /><span>${other}</span></label>`,
            )}
          </div>
        </fieldset>`}
      </div>`}
      ${kind && html`<${SchemaForm} schema=${kind.options} value=${subtask.options} change=${(options) => set("options", options)} errors=${errors} path=${`${path}.options`} />`}
    </div>
  </fieldset>`;
}
