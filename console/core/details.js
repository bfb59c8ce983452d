// What the list doesn't say of a task, asked for one by one while its row is in view, a few at once.
import { useEffect, useState } from "../vendor/reactive.js";
import { get } from "./api.js";
import { FINAL } from "./format.js";

const MOST_AT_ONCE = 3;
// Somebody who scrolls past doesn't want to know.
const STAY_MILLISECONDS = 250;
const AGAIN_MILLISECONDS = 2500;

const found = new Map();
const waiting = [];
let asking = 0;

/**
 * The task with its subtasks once it is known; kept up to date until it has ended. `ended` is called when it does. Of one that
 * waits there is nothing more to know than the list says.
 */
export function useDetails(task, ended) {
  const state = `${task.id} ${task.attempt} ${task.status}`;
  const [details, setDetails] = useState(found.get(task.id)?.data || null);
  useEffect(() => {
    if (task.status === "waiting") return undefined;
    let gone = false;
    let timer = setTimeout(round, found.has(task.id) ? 0 : STAY_MILLISECONDS);
    async function round() {
      if (gone) return;
      const known = found.get(task.id);
      if (known?.state === state && FINAL.has(task.status)) return setDetails(known.data);
      const data = document.hidden ? null : await asked(task.id, () => gone);
      if (gone) return undefined;
      if (data) {
        setDetails(data);
        found.set(task.id, { data, state: `${data.id} ${data.attempt} ${data.status}` });
        if (FINAL.has(data.status)) return FINAL.has(task.status) || ended();
      }
      timer = setTimeout(round, AGAIN_MILLISECONDS);
      return undefined;
    }
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [state]);
  return details;
}

async function asked(id, isOver) {
  if (asking >= MOST_AT_ONCE) await new Promise((resolve) => waiting.push(resolve));
  if (isOver()) {
    waiting.shift()?.();
    return null;
  }
  asking++;
  try {
    return (await get(`/tasks/${id}`)).data;
  } catch {
    return null;
  } finally {
    asking--;
    waiting.shift()?.();
  }
}

/** A small picture of a task, if it has made one: {url} of a still, or {url, columns} of a sheet whose first tile it is. */
export function thumbnailOf(details) {
  const outputs = details?.outputs || [];
  const kinds = new Map((details?.subtasks || []).map((subtask) => [subtask.number, subtask]));
  const pictures = outputs.filter((output) => /^image\/(jpeg|png|webp|avif)$/.test(output.type) && output.width);
  const stills = pictures.filter((output) => ["screenshot", "discovery", "image", "animation"].includes(kinds.get(output.subtask)?.kind));
  const [still] = stills.filter((output) => output.size < 200_000).sort((one, other) => one.size - other.size);
  if (still) return { url: still.url };
  const sheet = pictures.find((output) => kinds.get(output.subtask)?.kind === "sprite");
  if (!sheet) return null;
  const tile = kinds.get(sheet.subtask).options?.tile_width || 160;
  return { url: sheet.url, columns: Math.max(1, Math.round(sheet.width / tile)) };
}
