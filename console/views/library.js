// Workflows and presets: what they are, and for administrators, changing them.
import { html, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { call } from "../core/api.js";
import { spoken } from "../core/format.js";
import { useLive } from "../core/live.js";
import { canAdminister } from "../core/session.js";
import { Button, Empty, Field, Loading, Problem } from "../parts/basics.js";
import { Dialog, confirmed, notify, notifyError } from "../parts/dialogs.js";
import { SchemaForm } from "./form.js";
import { Work } from "./work.js";

const say = words.library;

export function Library() {
  const kinds = useLive("/kinds");
  const workflows = useLive("/workflows");
  const presets = useLive("/presets");
  const [editing, setEditing] = useState(null);
  const all = [kinds, workflows, presets];
  const failed = all.find((one) => one.error);
  if (all.some((one) => !one.data)) {
    return html`<div class="page">${failed ? html`<${Problem} error=${failed.error} again=${() => all.forEach((one) => one.again())} />` : html`<${Loading} rows=${5} />`}</div>`;
  }
  const saved = () => {
    workflows.again();
    presets.again();
  };
  const remove = (what, name) => async () => {
    if (!(await confirmed({ title: say.deleteTitle(name), lead: say.deleteLead, go: words.common.delete }))) return;
    try {
      await call("DELETE", `/${what}/${name}`);
      notify(say.deleted);
      saved();
    } catch (error) {
      notifyError(error);
    }
  };
  const may = canAdminister.value;
  return html`<div class="page">
    <div class="page-head"><h1>${say.title}</h1></div>
    ${!may && html`<p class="lead">${say.readOnly}</p>`}
    <${Section} title=${say.workflows} add=${may && say.newWorkflow} onAdd=${() => setEditing({ what: "workflow", value: {} })}>
      ${workflows.data.map(
        (one) => html`<${Entry} key=${one.name} one=${one} may=${may} edit=${() => setEditing({ what: "workflow", value: one })} remove=${remove("workflows", one.name)}>
          <p class="chips">${one.subtasks.map((subtask, number) => html`<span key=${number} class="chip">${number + 1} ${spoken(subtask.kind)}</span>`)}</p>
          ${(one.prefixes.length > 0 || one.file_types.length > 0) && html`<p class="hint mono">${[...one.prefixes, ...one.file_types].join("  ")}</p>`}
        </${Entry}>`,
      )}
    </${Section}>
    <${Section} title=${say.presets} add=${may && say.newPreset} onAdd=${() => setEditing({ what: "preset", value: {} })}>
      ${presets.data.map(
        (one) => html`<${Entry} key=${one.name} one=${one} may=${may} edit=${() => setEditing({ what: "preset", value: one })} remove=${remove("presets", one.name)}>
          <p class="chips"><span class="chip">${spoken(one.kind)}</span><code class="json">${JSON.stringify(one.options)}</code></p>
        </${Entry}>`,
      )}
      ${presets.data.length === 0 && html`<${Empty} icon="library" title=${say.noPresets}>${say.noPresetsLead}</${Empty}>`}
    </${Section}>
    ${editing?.what === "workflow" && html`<${WorkflowEditor} value=${editing.value} kinds=${kinds.data} presets=${presets.data} close=${() => setEditing(null)} saved=${saved} />`}
    ${editing?.what === "preset" && html`<${PresetEditor} value=${editing.value} kinds=${kinds.data} close=${() => setEditing(null)} saved=${saved} />`}
  </div>`;
}

function Section({ title, add, onAdd, children }) {
  return html`<section class="card">
    <div class="card-head">
      <h2>${title}</h2>
      <span class="grow"></span>
      ${add && html`<${Button} icon="create" onClick=${onAdd}>${add}</${Button}>`}
    </div>
    <div class="entries">${children}</div>
  </section>`;
}

function Entry({ one, may, edit, remove, children }) {
  return html`<article class="entry">
    <div>
      <h3>${one.name}${one.shipped && html` <small>${say.shipped}</small>`}</h3>
      ${one.description && html`<p class="hint">${one.description}</p>`} ${children}
    </div>
    ${may &&
    html`<span class="entry-actions">
      <${Button} kind="quiet" aria-label=${`${one.shipped ? say.copyOf : say.edit}: ${one.name}`} onClick=${edit}>${one.shipped ? say.copyOf : say.edit}</${Button}>
      ${!one.shipped && html`<${Button} kind="quiet" icon="trash" aria-label=${`${words.common.delete}: ${one.name}`} title=${words.common.delete} onClick=${remove} />`}
    </span>`}
  </article>`;
}

// ── editors ───────────────────────────────────────────────────────────────────────────────────

function useSaving({ close, saved }) {
  const [error, setError] = useState(null);
  const put = async (path, body) => {
    try {
      await call("PUT", path, body);
      notify(say.saved);
      saved();
      close();
    } catch (problem) {
      setError(problem);
    }
  };
  return [error, error?.field ? { [error.field]: error.message } : {}, put];
}

function listed(text) {
  return text.split(",").map((part) => part.trim()).filter(Boolean);
}

/** One that ships with Sluice is a model: it is saved under a name of one's own. */
function WorkflowEditor({ value, kinds, presets, close, saved }) {
  const isOwn = value.name && !value.shipped;
  const [name, setName] = useState(isOwn ? value.name : "");
  const [description, setDescription] = useState(value.description || "");
  const [prefixes, setPrefixes] = useState((value.prefixes || []).join(", "));
  const [types, setTypes] = useState((value.file_types || []).join(", "));
  const [subtasks, setSubtasks] = useState((value.subtasks || []).map(given));
  const [error, errors, put] = useSaving({ close, saved });
  const submit = (event) => {
    event.preventDefault();
    put(`/workflows/${encodeURIComponent(name.trim() || "-")}`, { description, prefixes: listed(prefixes), file_types: listed(types), subtasks });
  };
  return html`<${Dialog} wide title=${isOwn ? value.name : say.newWorkflow} close=${close}>
    <form class="stack" onSubmit=${submit} novalidate>
      ${error && html`<${Problem} error=${error} />`}
      <div class="form-grid">
        <${Name} value=${name} change=${setName} fixed=${isOwn} error=${errors.name} />
        <${Text} label=${say.description} value=${description} change=${setDescription} error=${errors.description} />
        <${Text} label=${say.prefixes} hint=${say.prefixesHint} value=${prefixes} change=${setPrefixes} error=${errors.prefixes} />
        <${Text} label=${say.fileTypes} hint=${say.fileTypesHint} value=${types} change=${setTypes} error=${errors.file_types} />
      </div>
      <${Work} kinds=${kinds} presets=${presets} subtasks=${subtasks} change=${setSubtasks} errors=${errors} />
      <${Save} close=${close} />
    </form>
  </${Dialog}>`;
}

/** A subtask without what is as usual. */
function given(subtask) {
  return Object.fromEntries(Object.entries(subtask).filter(([, value]) => value !== null && !(Array.isArray(value) && !value.length)));
}

function PresetEditor({ value, kinds, close, saved }) {
  const [name, setName] = useState(value.name || "");
  const [description, setDescription] = useState(value.description || "");
  const [kind, setKind] = useState(value.kind || kinds[0].kind);
  const [options, setOptions] = useState(value.options || {});
  const [error, errors, put] = useSaving({ close, saved });
  const below = Object.fromEntries(Object.entries(errors).map(([field, message]) => [field.startsWith("options") ? field : `options.${field}`, message]));
  const submit = (event) => {
    event.preventDefault();
    put(`/presets/${encodeURIComponent(name.trim() || "-")}`, { kind, description, options });
  };
  const choose = (event) => {
    setKind(event.target.value);
    setOptions({});
  };
  return html`<${Dialog} wide title=${value.name || say.newPreset} close=${close}>
    <form class="stack" onSubmit=${submit} novalidate>
      ${error && html`<${Problem} error=${error} />`}
      <div class="form-grid">
        <${Name} value=${name} change=${setName} fixed=${value.name} error=${errors.name} />
        <${Text} label=${say.description} value=${description} change=${setDescription} error=${errors.description} />
        <${Field} label=${words.create.kind} error=${errors.kind}>
          ${(told) => html`<select ...${told} value=${kind} onChange=${choose}>${kinds.map((one) => html`<option key=${one.kind} value=${one.kind}>${spoken(one.kind)}</option>`)}</select>`}
        </${Field}>
      </div>
      <${SchemaForm} key=${kind} schema=${kinds.find((one) => one.kind === kind).options} value=${options} change=${setOptions} errors=${below} path="options" />
      <${Save} close=${close} />
    </form>
  </${Dialog}>`;
}

function Name({ value, change, fixed, error }) {
  return html`<${Field} label=${say.name} hint=${fixed ? "" : say.nameHint} error=${error}>
    ${(told) => html`<input ...${told} type="text" name="entry-name" maxlength="63" readonly=${Boolean(fixed)} value=${value} onInput=${(event) => change(event.target.value)} />`}
  </${Field}>`;
}

function Text({ label, hint, value, change, error }) {
  return html`<${Field} label=${label} hint=${hint} error=${error} optional>
    ${(told) => html`<input ...${told} type="text" value=${value} onInput=${(event) => change(event.target.value)} />`}
  </${Field}>`;
}

function Save({ close }) {
  return html`<div class="dialog-actions">
    <${Button} onClick=${close}>${words.common.cancel}</${Button}>
    <button type="submit" class="button primary">${words.common.save}</button>
  </div>`;
}
