// A new task: a source, and what to make of it.
import { html, useEffect, useRef, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { call } from "../core/api.js";
import { bytes, spoken } from "../core/format.js";
import { useLive } from "../core/live.js";
import { go } from "../core/router.js";
import { canSubmit, session } from "../core/session.js";
import { addFiles, clearFiles, files, giveUp, interrupted, pauseOrResume, recall, removeFile, retry } from "../core/uploads.js";
import { Button, Empty, Field, Loading, Problem, Progress, Tabs } from "../parts/basics.js";
import { notify } from "../parts/dialogs.js";
import { Icon } from "../parts/icons.js";
import { Work } from "./work.js";

const say = words.create;

export function Create() {
  if (!canSubmit.value) return html`<div class="page"><${Empty} icon="keys" title=${words.problem.forbidden}>${say.needsSubmit}</${Empty}></div>`;
  return html`<${Form} />`;
}

function Form() {
  const kinds = useLive("/kinds");
  const workflows = useLive("/workflows");
  const presets = useLive("/presets");
  const [from, setFrom] = useState("upload");
  const [input, setInput] = useState({ bucket: session.value.bucket || "", key: "" });
  const [url, setUrl] = useState("");
  const [by, setBy] = useState("workflow");
  const [workflow, setWorkflow] = useState("default");
  const [subtasks, setSubtasks] = useState([]);
  const [place, setPlace] = useState({ output_path: "", priority: "" });
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const waiting = useRef(false);
  const top = useRef();

  const uploads = files.value;
  const isUploading = uploads.some((file) => file.state === "uploading" || file.state === "paused");
  const errors = error?.field ? { [error.field]: error.message } : {};
  const refuse = (told) => {
    waiting.current = false;
    setBusy(false);
    setError(told);
    top.current?.scrollIntoView({ block: "start" });
  };
  const submit = async (event) => {
    event?.preventDefault();
    if (busy && event) return;
    if (from === "upload" && !uploads.length) return refuse({ message: say.noSource });
    if (by === "kinds" && !subtasks.length) return refuse({ message: say.noWork });
    setError(null);
    setBusy(true);
    // whoever is ready before their file is needn't wait for it
    waiting.current = from === "upload" && isUploading;
    if (!waiting.current) await create();
  };
  const create = async () => {
    waiting.current = false;
    const body = wanted({ by, workflow, subtasks, place });
    const sources = from === "upload" ? uploads.filter((file) => file.state === "done").map((file) => ({ input: file.input })) : [from === "url" ? { url: url.trim() } : { input }];
    const made = [];
    try {
      for (const source of sources) made.push(await call("POST", "/tasks", { ...source, ...body, trigger: "console" }));
    } catch (problem) {
      return refuse(problem);
    }
    if (from === "upload") clearFiles();
    notify(say.created(made.length));
    if (made.length === 1) go("tasks", made[0].id);
    else go("tasks");
  };
  useEffect(() => {
    if (!waiting.current || isUploading) return;
    if (uploads.some((file) => file.state === "failed")) refuse({ message: say.failedFile });
    else create();
  }, [uploads, isUploading]);

  if (!kinds.data || !workflows.data) {
    const failed = kinds.error || workflows.error;
    return html`<div class="page">${failed ? html`<${Problem} error=${failed} />` : html`<${Loading} rows=${5} />`}</div>`;
  }
  const count = from === "upload" ? uploads.length : 1;
  return html`<form class="page create-page" onSubmit=${submit} novalidate ref=${top}>
    <div class="page-head"><h1>${say.title}</h1></div>
    <p class="lead">${say.lead}</p>
    ${error && html`<div class="problem" role="alert"><strong>${error.field ? say.fieldError : words.problem.title}</strong><span>${error.message || words.problem.offline}</span></div>`}

    <section class="card">
      <div class="card-head"><h2>${say.source}</h2><span class="grow"></span>
        <${Tabs} label=${say.source} chosen=${from} choose=${setFrom} tabs=${[["upload", say.upload], ["bucket", say.bucket], ["url", say.url]]} />
      </div>
      <div class="card-body">
        ${from === "upload" && html`<${Upload} uploads=${uploads} />`}
        ${from === "bucket" &&
        html`<div class="form-grid">
          <${Field} label=${say.key} hint=${say.keyHint} error=${errors["input.key"]}>
            ${(told) => html`<input ...${told} type="text" name="source-key" value=${input.key} onInput=${(event) => setInput({ ...input, key: event.target.value })} />`}
          </${Field}>
          <${Field} label=${say.bucketName} error=${errors["input.bucket"]}>
            ${(told) => html`<input ...${told} type="text" name="source-bucket" value=${input.bucket} onInput=${(event) => setInput({ ...input, bucket: event.target.value })} />`}
          </${Field}>
        </div>`}
        ${from === "url" &&
        html`<${Field} label=${say.url} hint=${say.urlHint} error=${errors.url}>
          ${(told) => html`<input ...${told} type="url" name="source-url" value=${url} onInput=${(event) => setUrl(event.target.value)} />`}
        </${Field}>`}
      </div>
    </section>

    <section class="card">
      <div class="card-head"><h2>${say.work}</h2><span class="grow"></span>
        <${Tabs} label=${say.work} chosen=${by} choose=${setBy} tabs=${[["workflow", say.byWorkflow], ["kinds", say.byKinds]]} />
      </div>
      <div class="card-body">
        ${by === "workflow" && html`<${Workflows} workflows=${workflows.data} chosen=${workflow} choose=${setWorkflow} />`}
        ${by === "kinds" && html`<${Work} kinds=${kinds.data} presets=${presets.data || []} subtasks=${subtasks} change=${setSubtasks} errors=${errors} />`}
      </div>
    </section>

    <section class="card">
      <div class="card-head"><h2>${say.placing}</h2></div>
      <div class="card-body form-grid">
        <${Field} label=${say.output} hint=${say.outputHint} error=${errors.output_path} optional>
          ${(told) => html`<input ...${told} type="text" name="output-path" value=${place.output_path} onInput=${(event) => setPlace({ ...place, output_path: event.target.value })} />`}
        </${Field}>
        <${Field} label=${say.priority} hint=${say.priorityHint} error=${errors.priority} optional>
          ${(told) => html`<input ...${told} type="number" name="priority" min="-10" max="10" placeholder="0" value=${place.priority} onInput=${(event) => setPlace({ ...place, priority: event.target.value })} />`}
        </${Field}>
      </div>
    </section>
    <div class="form-foot">
      <button type="submit" class="button primary large" aria-disabled=${busy || undefined}>
        ${busy && html`<span class="spinner" aria-hidden="true"></span>`}<span>${busy ? (waiting.current ? say.uploading : say.creating) : count > 1 ? say.goMany(count) : say.go}</span>
      </button>
    </div>
  </form>`;
}

function wanted({ by, workflow, subtasks, place }) {
  const body = by === "workflow" ? { workflow } : { subtasks };
  if (place.output_path) body.output_path = place.output_path;
  if (place.priority !== "") body.priority = Number(place.priority);
  return body;
}

function Workflows({ workflows, chosen, choose }) {
  return html`<div class="workflow-choice" role="radiogroup" aria-label=${say.workflow}>
    ${workflows.map(
      (one) => html`<label key=${one.name} class=${one.name === chosen ? "chosen" : ""}>
        <input type="radio" name="workflow" value=${one.name} checked=${one.name === chosen} onChange=${() => choose(one.name)} />
        <span>
          <b>${one.name}</b>
          <small>${one.description || say.summary("")}</small>
          <span class="chips">${one.subtasks.map((subtask, number) => html`<span key=${number} class="chip">${spoken(subtask.kind)}</span>`)}</span>
        </span>
      </label>`,
    )}
  </div>`;
}

// ── files ─────────────────────────────────────────────────────────────────────────────────────

function Upload({ uploads }) {
  const picker = useRef();
  const [over, setOver] = useState(false);
  useEffect(() => {
    recall();
  }, []);
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    addFiles([...event.dataTransfer.files]);
  };
  const picked = (event) => {
    addFiles([...event.target.files]);
    event.target.value = "";
  };
  return html`<div
      class=${`drop ${over ? "over" : ""}`}
      onDragOver=${(event) => (event.preventDefault(), setOver(true))}
      onDragLeave=${() => setOver(false)}
      onDrop=${drop}
    >
      <${Icon} name="upload" size=${26} />
      <p>${say.drop} <button type="button" class="linklike" onClick=${() => picker.current.click()}>${say.choose}</button></p>
      <p class="hint">${say.dropHint}</p>
      <input ref=${picker} type="file" multiple class="unseen" tabindex="-1" aria-label=${say.choose} onChange=${picked} />
    </div>
    ${interrupted.value.map((one) => html`<${Interrupted} key=${one.key} upload=${one} choose=${() => picker.current.click()} />`)}
    ${uploads.length > 0 && html`<ul class="uploads">${uploads.map((file) => html`<${UploadRow} key=${file.id} file=${file} />`)}</ul>`}`;
}

/** One that a reload has cut off. A page can't open a file by itself. */
function Interrupted({ upload, choose }) {
  return html`<div class="interrupted" role="note">
    <span class="grow"><b>${upload.name}</b> <small>${bytes(upload.size)}</small><br />${say.interrupted(Math.floor(upload.percent))}</span>
    <${Button} icon="file" onClick=${choose}>${say.chooseAgain}</${Button}>
    <${Button} kind="quiet" icon="close" aria-label=${`${say.giveUp}: ${upload.name}`} title=${say.giveUp} onClick=${() => giveUp(upload)} />
  </div>`;
}

function UploadRow({ file }) {
  const state = { uploading: say.uploading, paused: say.paused, done: say.uploaded, failed: say.failedFile }[file.state];
  return html`<li>
    <span class="upload-name"><b>${file.name}</b> <small>${bytes(file.size)}</small></span>
    <span class=${`upload-state ${file.state}`} role="status">${state}${file.state === "uploading" ? ` ${Math.round(file.percent)} %` : ""}</span>
    <span class="upload-actions">
      ${file.canPause && ["uploading", "paused"].includes(file.state) &&
      html`<${Button} kind="quiet" icon=${file.state === "paused" ? "play" : "pause"} aria-label=${`${file.state === "paused" ? say.resume : say.pause}: ${file.name}`} onClick=${() => pauseOrResume(file.id)} />`}
      ${file.state === "failed" && html`<${Button} kind="quiet" icon="restart" aria-label=${`${words.common.retry}: ${file.name}`} onClick=${() => retry(file.id)} />`}
      <${Button} kind="quiet" icon="close" aria-label=${`${say.cancelFile}: ${file.name}`} onClick=${() => removeFile(file.id)} />
    </span>
    <${Progress} percent=${file.state === "done" ? 100 : file.percent} status=${file.state === "done" ? "succeeded" : file.state === "failed" ? "failed" : ""} label=${file.name} />
    ${file.error && html`<p class="field-error">${file.error}</p>`}
  </li>`;
}
