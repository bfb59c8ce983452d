// What can be done to a task, and what a key may do of it.
import { html, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { call } from "../core/api.js";
import { save, saveArchive } from "../core/files.js";
import { FINAL, sourceName } from "../core/format.js";
import { go, href, route } from "../core/router.js";
import { canSubmit } from "../core/session.js";
import { Button, Status, copyText } from "../parts/basics.js";
import { Dialog, confirmed, notify, notifyError } from "../parts/dialogs.js";

const say = words.actions;

/** Begin a task again; `which` as the API has it. Returns whether it worked. */
export function restart(task, which) {
  return tried(() => call("POST", `/tasks/${task.id}/restart`, which), say.restarted);
}

export async function end(task) {
  if (!(await confirmed({ title: say.endTitle, lead: say.endLead, go: say.endGo }))) return false;
  return tried(() => call("POST", `/tasks/${task.id}/end`), say.ended);
}

export async function remove(task) {
  if (!(await confirmed({ title: say.deleteTitle, lead: say.deleteLead, go: say.deleteGo }))) return false;
  const done = await tried(() => call("DELETE", `/tasks/${task.id}`), say.deleted);
  if (done && route.value.parts[1] === task.id) go("tasks");
  return done;
}

export async function copyTaskLink(task) {
  const url = new URL(href("tasks", task.id), location.href);
  if (await copyText(String(url))) notify(words.common.copied);
}

/** All outputs as an archive, of one subtask when its number is given. */
export async function downloadAll(task, number = null) {
  notify(say.zipPreparing);
  const path = `/tasks/${task.id}/download${number ? `?subtask=${number}` : ""}`;
  return tried(() => saveArchive(path, number ? `${task.id}-${number}.zip` : `${task.id}.zip`, task.ticket), say.zipReady);
}

export function downloadSource(task) {
  return tried(() => save(`/tasks/${task.id}/source`, sourceName(task.input), task.ticket));
}

export function downloadOutput(task, output) {
  const path = `/tasks/${task.id}/outputs/${output.subtask}/${output.name.split("/").map(encodeURIComponent).join("/")}`;
  return tried(() => save(path, output.name.split("/").pop(), task.ticket));
}

async function tried(act, done = "") {
  try {
    await act();
    if (done) notify(done);
    return true;
  } catch (error) {
    notifyError(error);
    return false;
  }
}

/** The entries of a task's menu. `changed` is called when something has been done to it. */
export function taskMenu(task, { changed, choose }) {
  const over = FINAL.has(task.status);
  const may = canSubmit.value;
  const act = (doing) => async () => (await doing()) && changed();
  return [
    choose && { label: words.common.show, icon: "eye", run: () => go("tasks", task.id) },
    choose && ["video", "audio"].includes(task.input.kind) && { label: say.playSource, icon: "play", run: () => go("tasks", task.id, { play: "source" }) },
    choose && over && may && { label: say.restartAll, icon: "restart", run: act(() => restart(task, { which: "all" })) },
    choose && over && may && task.has_failed && { label: say.restartFailed, icon: "restart", run: act(() => restart(task, { which: "failed" })) },
    choose && over && may && task.subtask_count > 1 && { label: say.restartChosen, icon: "restart", run: choose },
    !over && may && { label: say.end, icon: "end", run: act(() => end(task)) },
    { label: say.copyId, icon: "copy", run: async () => (await copyText(task.id)) && notify(words.common.copied) },
    { label: words.common.copyLink, icon: "link", run: () => copyTaskLink(task) },
    over && may && { label: words.common.delete, icon: "trash", danger: true, run: act(() => remove(task)) },
  ];
}

/** Which subtasks to begin again. */
export function ChooseSubtasks({ task, close, changed }) {
  const [chosen, setChosen] = useState(task.subtasks.filter((one) => one.status === "failed").map((one) => one.number));
  const toggle = (number) => setChosen(chosen.includes(number) ? chosen.filter((one) => one !== number) : [...chosen, number]);
  const submit = async () => {
    if (await restart(task, { subtasks: chosen })) changed();
    close();
  };
  return html`<${Dialog} title=${say.restartTitle} close=${close}>
    <p>${say.restartLead}</p>
    <ul class="choices">
      ${task.subtasks.map(
        (one) => html`<li key=${one.number}>
          <label><input type="checkbox" checked=${chosen.includes(one.number)} onChange=${() => toggle(one.number)} /> <b>${one.number}</b> ${one.kind}</label>
          <${Status} status=${one.status} skipped=${one.skipped} />
        </li>`,
      )}
    </ul>
    <div class="dialog-actions">
      <${Button} onClick=${close}>${words.common.cancel}</${Button}>
      <${Button} kind="primary" icon="restart" busy=${!chosen.length} onClick=${submit}>${say.restart}</${Button}>
    </div>
  </${Dialog}>`;
}

