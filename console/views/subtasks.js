// The subtasks of a task: a table, each row with its details below it.
import { html, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { FINAL, between, bytes, dollars, duration, rate, spoken } from "../core/format.js";
import { Button, Copy, Facts, Progress, Status, Time } from "../parts/basics.js";
import { downloadAll, downloadOutput } from "./actions.js";
import { pictures } from "./gallery.js";
import { playable } from "./player.js";
import { curvesOf } from "./plots.js";
import { Failure } from "./task.js";

const say = words.subtask;
// kinds whose findings are shown under a film
const BESIDE = new Set(["sprite", "moderation", "discovery", "chapters", "subtitles"]);
const FIRST_FILES = 12;

export function Subtasks({ task, show }) {
  const [open, setOpen] = useState(() => new Set(task.subtasks.filter((one) => one.status === "failed").map((one) => one.number)));
  const toggle = (number) => {
    const next = new Set(open);
    if (!next.delete(number)) next.add(number);
    setOpen(next);
  };
  return html`<section class="card subtasks">
    <div class="card-head"><h2>${words.task.subtasks}</h2></div>
    <div class="scroll-x">
      <table class="table">
        <thead>
          <tr>
            <th scope="col" class="number">${say.number}</th>
            <th scope="col">${say.kind}</th>
            <th scope="col">${words.tasks.status}</th>
            <th scope="col" class="wide-only">${words.tasks.started}</th>
            <th scope="col" class="wide-only">${words.tasks.ended}</th>
            <th scope="col" class="number wide-only">${words.tasks.duration}</th>
            <th scope="col"><span class="unseen">${words.tasks.actions}</span></th>
          </tr>
        </thead>
        <tbody>
          ${task.subtasks.map((one) => html`<${Row} key=${one.number} task=${task} subtask=${one} show=${show} open=${open.has(one.number)} toggle=${() => toggle(one.number)} />`)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function Row({ task, subtask, show, open, toggle }) {
  const running = !FINAL.has(subtask.status) && subtask.status !== "waiting";
  const details = `subtask-${subtask.number}`;
  const place = placeOf(subtask);
  const look = lookAt(task, subtask);
  const name = `${subtask.number} ${subtask.kind}`;
  return html`
    <tr class=${open ? "opened" : ""}>
      <td class="number">${subtask.number}</td>
      <td class="subtask-kind"><b>${spoken(subtask.kind)}</b>${place && html`<span class="mono faint subtask-path" title=${`${say.path}: ${place}`}>${place.replace(`outputs/${task.id}/`, "")}</span>`}</td>
      <td class="cell-status">
        <${Status} status=${subtask.status} skipped=${subtask.skipped} />
        ${running && html`<${Progress} percent=${subtask.progress} label=${words.tasks.progress} />`}
      </td>
      <td class="wide-only"><${Time} at=${subtask.started_at} /></td>
      <td class="wide-only"><${Time} at=${subtask.finished_at} /></td>
      <td class="number wide-only">${duration(between(subtask.started_at, subtask.finished_at))}</td>
      <td class="subtask-toggle">
        ${look && html`<${Button} kind="quiet" icon=${look.icon} aria-label=${`${look.label}: ${name}`} title=${look.label} onClick=${() => show(look.at)} />`}
        ${subtask.outputs.length > 0 &&
        html`<${Button} kind="quiet" icon="download" class="wide-only" aria-label=${`${words.common.download}: ${name}`} title=${words.common.download} onClick=${() => download(task, subtask)} />`}
        <${Button} kind="quiet" icon=${open ? "up" : "down"} aria-expanded=${String(open)} aria-controls=${details} onClick=${toggle}
          aria-label=${`${open ? words.common.hide : words.common.show}: ${name}`} title=${open ? words.common.hide : words.common.show} />
      </td>
    </tr>
    ${open &&
    html`<tr id=${details} class="details">
      <td colspan="7"><${Details} task=${task} subtask=${subtask} /></td>
    </tr>`}
  `;
}

function Details({ task, subtask }) {
  const options = Object.entries(subtask.options || {}).filter(([, value]) => value !== null);
  const place = placeOf(subtask);
  return html`<div class="subtask-details">
    ${subtask.error && html`<${Failure} failure=${subtask.error} />`}
    ${subtask.skipped && html`<p class="problem"><strong>${say.skipped}</strong> ${subtask.skipped}</p>`}
    <div class="subtask-facts">
      <div>
        <h3>${say.basics}</h3>
        <${Facts}
          pairs=${[
            [say.attempts, subtask.attempts],
            [words.tasks.started, subtask.started_at && html`<${Time} at=${subtask.started_at} />`],
            [words.tasks.ended, subtask.finished_at && html`<${Time} at=${subtask.finished_at} />`],
            [say.input, subtask.source ? `${subtask.source.subtask} · ${subtask.source.name}` : say.inputSource],
            [say.after, subtask.after?.length ? subtask.after.join(", ") : null],
            [say.condition, subtask.if && html`<code>${subtask.if}</code>`],
            [say.path, place && html`<${Copy} text=${place}><span class="mono">${place}</span></${Copy}>`],
            [words.tasks.cost, shareOf(task, subtask)],
            [say.use, subtask.gb_seconds ? say.useText(subtask.gb_seconds.toFixed(1), subtask.invocations) : null],
          ]}
        />
      </div>
      <div>
        <h3>${say.options}</h3>
        <${Facts} pairs=${[[say.preset, subtask.preset], ...options.map(([name, value]) => [spoken(name), said(value)])]} />
        ${!options.length && html`<p class="hint">${say.defaults}</p>`}
        ${subtask.result &&
        html`<h3 class="divider">${say.result}</h3>
          <${Facts} pairs=${Object.entries(subtask.result).map(([name, value]) => [spoken(name), said(value)])} />`}
      </div>
    </div>
    <${Outputs} task=${task} subtask=${subtask} />
  </div>`;
}

/** What it has of the task's cost, by its use of Lambda. */
function shareOf({ cost }, { gb_seconds: used }) {
  return cost?.gb_seconds && used ? say.share(dollars((cost.usd * used) / cost.gb_seconds)) : null;
}

function said(value) {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "object") return html`<code class="json">${JSON.stringify(value)}</code>`;
  return String(value);
}

/** Where its files lie, once there are any; before that where they are to lie, if that was said. */
function placeOf({ outputs, output_path: wanted }) {
  return folderOf(outputs) || wanted || "";
}

function folderOf(outputs) {
  const key = outputs?.[0]?.key;
  return key ? key.slice(0, key.length - outputs[0].name.length) : "";
}

function download(task, subtask) {
  return subtask.outputs.length > 1 ? downloadAll(task, subtask.number) : downloadOutput(task, subtask.outputs[0]);
}

/** Where in the page one sees or hears what a subtask has made: {label, icon, at}. */
function lookAt(task, subtask) {
  const films = playable(task);
  const film = films.find((one) => one.output?.subtask === subtask.number);
  if (film) return { label: words.common.play, icon: "play", at: { tab: "watch", film: film.id } };
  const of = (outputs) => outputs.some((output) => output.subtask === subtask.number);
  const view = (tab) => ({ label: words.common.view, icon: "eye", at: { tab } });
  if (["screenshot", "animation", "image"].includes(subtask.kind) && of(pictures(task.outputs))) return view("pictures");
  if (of(curvesOf(task))) return view("curves");
  return BESIDE.has(subtask.kind) && subtask.outputs.length && films.length ? view("watch") : null;
}

function Outputs({ task, subtask }) {
  const [shown, setShown] = useState(FIRST_FILES);
  const { outputs } = subtask;
  if (!outputs.length) return html`<p class="hint">${FINAL.has(subtask.status) ? say.noOutputs : say.notYet}</p>`;
  return html`<div>
    <div class="outputs-head">
      <h3>${say.outputs}</h3>
      ${outputs.length > 1 && html`<${Button} kind="quiet" icon="download" onClick=${() => downloadAll(task, subtask.number)}>${words.actions.zipSubtask}</${Button}>`}
    </div>
    <ul class="outputs">
      ${outputs.slice(0, shown).map(
        (output) => html`<li key=${output.key}>
          <span class="output-name">${output.name}</span>
          <span class="output-facts">${factsOf(output)}</span>
          <span class="output-actions">
            <a class="button quiet" href=${output.url} target="_blank" rel="noopener noreferrer" aria-label=${`${words.common.open}: ${output.name}`}>${words.common.open}</a>
            <${Button} kind="quiet" icon="download" aria-label=${`${words.common.download}: ${output.name}`} title=${words.common.download} onClick=${() => downloadOutput(task, output)} />
          </span>
        </li>`,
      )}
    </ul>
    ${outputs.length > shown && html`<${Button} onClick=${() => setShown(shown + 100)}>${say.moreFiles(outputs.length - shown)}</${Button}>`}
  </div>`;
}

function factsOf(output) {
  return [
    output.type,
    output.codec,
    output.width && `${output.width} × ${output.height}`,
    output.duration && duration(output.duration),
    output.bitrate && rate(output.bitrate),
    bytes(output.size),
  ]
    .filter(Boolean)
    .join(" · ");
}
