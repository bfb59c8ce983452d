// One task: what it is about, what it makes, how far it is.
import { html, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { FINAL, between, bytes, dollars, duration, rate, sourceName } from "../core/format.js";
import { useLive } from "../core/live.js";
import { href, route } from "../core/router.js";
import { canSubmit } from "../core/session.js";
import { Button, Copy, Empty, Facts, Loading, Problem, Progress, Status, Tabs, Time } from "../parts/basics.js";
import { Menu } from "../parts/dialogs.js";
import { Icon } from "../parts/icons.js";
import { ChooseSubtasks, copyTaskLink, downloadAll, end, remove, restart } from "./actions.js";
import { Deliveries } from "./deliveries.js";
import { Gallery, pictures } from "./gallery.js";
import { Pipeline } from "./pipeline.js";
import { Player, playable } from "./player.js";
import { Curve, curvesOf } from "./plots.js";
import { Subtasks } from "./subtasks.js";

const say = words.task;
const SECONDS_WHILE_BUSY = 1.5;
// signed addresses end: an open page gets new ones in time
const SECONDS_AFTER = 300;

export function TaskPage({ id }) {
  const { data: task, error, again } = useLive(`/tasks/${encodeURIComponent(id)}`, (known) => (FINAL.has(known.status) ? SECONDS_AFTER : SECONDS_WHILE_BUSY));
  const [view, setView] = useState({ film: route.value.query.get("play"), tab: null });
  const show = (next) => {
    setView({ ...view, ...next });
    document.querySelector(".task-main")?.scrollIntoView({ block: "nearest" });
  };
  if (!task && error?.status === 404) return html`<${Gone} />`;
  if (!task) return html`<div class="page">${error ? html`<${Problem} error=${error} again=${again} />` : html`<${Loading} rows=${6} />`}</div>`;
  return html`<div class="page task-page">
    <a class="back" href=${href("tasks")}><${Icon} name="left" size=${16} />${say.back}</a>
    <${Top} task=${task} again=${again} playSource=${() => show({ tab: "watch", film: "source" })} />
    ${error && html`<${Problem} error=${error} again=${again} />`}
    ${task.error && html`<${Failure} failure=${task.error} />`}
    <div class="task-columns">
      <div class="task-main">
        <${Viewer} task=${task} view=${view} setView=${setView} />
        <${Subtasks} task=${task} show=${show} />
      </div>
      <aside class="task-aside" aria-label=${say.facts}>
        <${About} task=${task} />
        <${Pipeline} task=${task} />
        <${History} task=${task} />
        <${Deliveries} task=${task} />
      </aside>
    </div>
  </div>`;
}

function Gone() {
  const action = html`<${Button} kind="primary" href=${href("tasks")}>${say.back}</${Button}>`;
  return html`<div class="page"><${Empty} icon="search" title=${say.gone} action=${action}>${say.goneLead}</${Empty}></div>`;
}

// ── the head ──────────────────────────────────────────────────────────────────────────────────

function Top({ task, again, playSource }) {
  const [choosing, setChoosing] = useState(false);
  const over = FINAL.has(task.status);
  const may = canSubmit.value;
  const done = task.subtasks.filter((one) => FINAL.has(one.status)).length;
  const act = (doing) => async () => (await doing()) && again();
  return html`<header class="task-head">
    <div class="task-title">
      <h1>${sourceName(task.input) || words.tasks.unnamed}</h1>
      <${Copy} text=${task.id} label=${words.actions.copyId}><span class="mono faint">${task.id}</span></${Copy}>
    </div>
    <div class="task-actions">
      ${over && may && html`<${Restart} task=${task} again=${again} choose=${() => setChoosing(true)} />`}
      ${!over && may && html`<${Button} icon="end" onClick=${act(() => end(task))}>${words.actions.end}</${Button}>`}
      ${task.outputs?.length > 0 && html`<${Button} icon="download" onClick=${() => downloadAll(task)}>${words.actions.zip}</${Button}>`}
      <${Menu}
        label=${words.actions.menu(sourceName(task.input))}
        kind="plain"
        items=${[
          playable(task).some((one) => one.id === "source") && { label: words.actions.playSource, icon: "play", run: playSource },
          { label: words.common.copyLink, icon: "link", run: () => copyTaskLink(task) },
          over && may && { label: words.common.delete, icon: "trash", danger: true, run: act(() => remove(task)) },
        ]}
      />
    </div>
    <div class="task-state">
      <${Status} status=${task.status} />
      ${!over && html`<${Progress} percent=${task.progress} label=${words.tasks.progress} />`}
      <span class="count" role="status">${task.status === "waiting" ? say.waits : say.done(done, task.subtasks.length)}</span>
    </div>
    ${choosing && html`<${ChooseSubtasks} task=${task} close=${() => setChoosing(false)} changed=${again} />`}
  </header>`;
}

function Restart({ task, again, choose }) {
  const act = (which) => async () => (await restart(task, which)) && again();
  return html`<${Menu}
    label=${words.actions.restart}
    text=${words.actions.restart}
    kind="plain"
    align="start"
    items=${[
      { label: words.actions.restartAll, icon: "restart", run: act({ which: "all" }) },
      task.has_failed && { label: words.actions.restartFailed, icon: "restart", run: act({ which: "failed" }) },
      task.subtasks.length > 1 && { label: words.actions.restartChosen, icon: "tasks", run: choose },
    ]}
  />`;
}

export function Failure({ failure }) {
  return html`<div class="failure" role="note">
    <strong>${say.failedHow}</strong>
    <p>${failure.message}</p>
    <span class="mono faint">${failure.code}</span>
    ${failure.detail?.length > 0 &&
    html`<details><summary>${say.detail}</summary><pre tabindex="0">${failure.detail.join("\n")}</pre></details>`}
  </div>`;
}

// ── what there is to see ──────────────────────────────────────────────────────────────────────

function Viewer({ task, view, setView }) {
  const films = playable(task);
  const stills = pictures(task.outputs);
  const curves = curvesOf(task);
  const shown = [
    films.length && ["watch", say.watch],
    stills.length && ["pictures", `${say.pictures} (${stills.length})`],
    curves.length && ["curves", words.player.quality_curve],
  ].filter(Boolean);
  const tab = shown.some(([name]) => name === view.tab) ? view.tab : shown[0]?.[0];
  if (!shown.length) {
    return FINAL.has(task.status) ? null : html`<div class="card"><${Empty} icon="play" title=${say.nothingToShow}>${say.nothingToShowLead}</${Empty}></div>`;
  }
  return html`<section class="viewer">
    ${shown.length > 1 && html`<${Tabs} label=${say.watch} tabs=${shown} chosen=${tab} choose=${(name) => setView({ ...view, tab: name })} />`}
    ${tab === "watch" && html`<${Player} task=${task} wanted=${view.film} setWanted=${(film) => setView({ ...view, film })} />`}
    ${tab === "pictures" && html`<div class="card card-body"><${Gallery} task=${task} outputs=${task.outputs} /></div>`}
    ${tab === "curves" && curves.map((output) => html`<${Curve} key=${output.key} output=${output} />`)}
  </section>`;
}

// ── facts ─────────────────────────────────────────────────────────────────────────────────────

function About({ task }) {
  const { input } = task;
  const video = input.media?.video?.[0];
  const sound = input.media?.audio?.[0];
  return html`<section class="card">
    <div class="card-head"><h2>${say.facts}</h2></div>
    <div class="card-body">
      <${Facts}
        pairs=${[
          [words.tasks.created, html`<${Time} at=${task.created_at} />`],
          [words.tasks.started, html`<${Time} at=${task.started_at} />`],
          [words.tasks.ended, html`<${Time} at=${task.finished_at} />`],
          [words.tasks.duration, duration(between(task.started_at, task.finished_at))],
          [words.tasks.trigger, words.trigger[task.created_by] || task.created_by],
          [say.workflow, task.workflow],
          [say.priority, task.priority || null],
          [words.tasks.cost, task.cost && dollars(task.cost.usd)],
          [say.estimate, !task.cost && task.estimate && dollars(task.estimate.usd)],
          [say.expires, html`<${Time} at=${task.expires_at} />`],
          [say.metadata, task.metadata && html`<code class="json">${JSON.stringify(task.metadata)}</code>`],
        ]}
      />
      <h3 class="divider">${say.sourceFacts}</h3>
      <${Facts}
        pairs=${[
          [say.address, html`<span class="mono">${input.key ? `${input.bucket}/${input.key}` : input.url}</span>`],
          [say.size, input.size !== null && bytes(input.size)],
          [say.length, input.duration && duration(input.duration)],
          [say.container, input.media?.container],
          [say.picture, video && `${video.codec} ${input.width} × ${input.height}${input.fps ? `, ${input.fps} fps` : ""}`],
          [say.sound, sound && [sound.codec, sound.sample_rate && `${sound.sample_rate / 1000} kHz`, sound.channels && `${sound.channels} ch`].filter(Boolean).join(" ")],
          [say.bitrate, input.bitrate && rate(input.bitrate)],
        ]}
      />
    </div>
  </section>`;
}

function History({ task }) {
  if (!task.history?.length) return null;
  return html`<section class="card">
    <div class="card-head"><h2>${say.history}</h2></div>
    <ul class="history card-body">
      ${task.history.map(
        (one) => html`<li key=${one.attempt}>
          <b>${say.attempt(one.attempt)}</b> <${Status} status=${one.status} />
          <span class="faint"><${Time} at=${one.started_at} /> · ${duration(between(one.started_at, one.finished_at))}</span>
          ${one.rerun?.length > 0 && html`<small>${say.rerun(one.rerun.join(", "))}</small>`}
          ${one.error && html`<small>${one.error.message}</small>`}
        </li>`,
      )}
    </ul>
  </section>`;
}

