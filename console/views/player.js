// Playing what a task is about and what it has made: sound, films, adaptive sets; with what was found in them on a time line.
import { html, useEffect, useMemo, useRef, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { textOf } from "../core/files.js";
import { place, rate, sourceName, spoken } from "../core/format.js";
import { cues, tiles } from "../core/vtt.js";
import { Button, Problem } from "../parts/basics.js";
import { downloadOutput, downloadSource } from "./actions.js";
import { findingsOf } from "./findings.js";
import { Timeline } from "./timeline.js";

const say = words.player;
const HLS = ".m3u8";

/** What can be played: {id, label, url, isHls, isSound, output}. The adaptive set first, then films, sound, and the source. */
export function playable(task) {
  const made = (task.outputs || []).filter((output) => /^(video|audio)\//.test(output.type) || (output.name.endsWith(HLS) && output.play));
  const tracks = made.filter((output) => !output.name.endsWith(HLS) || /(^|\/)(master|main|index)\.m3u8$/.test(output.name));
  const entries = tracks
    .filter((output) => !/\.(m4s|ts)$/.test(output.name) && !/iframes/.test(output.name))
    .map((output) => ({
      id: `${output.subtask}/${output.name}`,
      label: `${output.subtask} · ${output.name}${output.height ? ` · ${output.height}p` : ""}`,
      url: output.name.endsWith(HLS) ? output.play : output.url,
      isHls: output.name.endsWith(HLS),
      isSound: output.type.startsWith("audio/"),
      output,
    }));
  entries.sort((one, other) => Number(other.isHls) - Number(one.isHls) || Number(one.isSound) - Number(other.isSound));
  const { input } = task;
  if (input.key && input.url && ["video", "audio"].includes(input.kind)) {
    entries.push({ id: "source", label: `${say.source} · ${sourceName(input)}`, url: input.url, isSound: input.kind === "audio" });
  }
  return entries;
}

export function Player({ task, wanted, setWanted }) {
  const entries = playable(task);
  const entry = entries.find((one) => one.id === wanted) || entries[0];
  const video = useRef();
  const [time, setTime] = useState(0);
  const [length, setLength] = useState(task.input.duration || 0);
  const beside = useBeside(task);
  const seek = (seconds) => {
    if (!video.current) return;
    video.current.currentTime = seconds;
    setTime(seconds);
  };
  if (!entry) return null;
  return html`<section class="player card" aria-label=${words.task.watch}>
    <div class="card-head">
      <label class="player-what">
        <span class="unseen">${say.what}</span>
        <select value=${entry.id} onChange=${(event) => setWanted(event.target.value)}>
          ${entries.map((one) => html`<option key=${one.id} value=${one.id}>${one.label}</option>`)}
        </select>
      </label>
      <span class="grow"></span>
      <${Screen.Settings} key=${entry.id} video=${video} captions=${beside.captions} />
    </div>
    <${Screen} key=${entry.id} task=${task} entry=${entry} video=${video} captions=${beside.captions} poster=${beside.poster} setTime=${setTime} setLength=${setLength} />
    <${Timeline} time=${time} length=${length} seek=${seek} tiles=${beside.tiles} lanes=${beside.lanes} chapters=${beside.chapters} />
    <${Findings} found=${beside} seek=${seek} />
  </section>`;
}

// ── the screen ────────────────────────────────────────────────────────────────────────────────

/** The element that plays. An adaptive set goes through hls.js, which is loaded when it is needed first. */
function Screen({ task, entry, video, captions, poster, setTime, setLength }) {
  const [error, setError] = useState(null);
  // an address of the same file is signed anew now and then; what plays goes on with the one that it has
  const url = useMemo(() => entry.url, [entry.id]);

  useEffect(() => {
    const element = video.current;
    setError(null);
    if (!entry.isHls) {
      element.src = url;
      return () => element.removeAttribute("src");
    }
    let player = null;
    let gone = false;
    import("../vendor/hls.js").then(({ default: Hls }) => {
      if (gone) return;
      if (!Hls.isSupported()) {
        element.src = url;
        return;
      }
      player = new Hls({ enableWorker: false });
      player.on(Hls.Events.ERROR, (_, told) => told.fatal && setError(told.type));
      player.on(Hls.Events.MANIFEST_PARSED, () => element.dispatchEvent(new CustomEvent("levels", { detail: player })));
      player.loadSource(new URL(url, location.origin).href);
      player.attachMedia(element);
    }, () => setError("loading"));
    return () => {
      gone = true;
      player?.destroy();
    };
  }, [url]);

  useEffect(() => showCaptions(video.current, captions), [captions, url]);

  const save = html`<${Button} icon="download" onClick=${() => (entry.output ? downloadOutput(task, entry.output) : downloadSource(task))}>${words.common.download}</${Button}>`;
  return html`<div class=${`screen ${entry.isSound ? "sound" : ""}`}>
    <video
      ref=${video}
      controls
      playsinline
      preload="metadata"
      crossorigin="anonymous"
      poster=${poster}
      aria-label=${entry.label}
      onTimeUpdate=${(event) => setTime(event.target.currentTime)}
      onLoadedMetadata=${(event) => Number.isFinite(event.target.duration) && setLength(event.target.duration)}
      onError=${() => setError("media")}
    ></video>
    ${error && html`<div class="screen-error" role="alert"><p>${say.unplayable}</p>${save}</div>`}
  </div>`;
}

/** Quality, once an adaptive set has told its renditions, and subtitles. */
Screen.Settings = function Settings({ video, captions }) {
  const [player, setPlayer] = useState(null);
  const [level, setLevel] = useState(-1);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const element = video.current;
    const told = (event) => setPlayer(event.detail);
    element?.addEventListener("levels", told);
    return () => element?.removeEventListener("levels", told);
  });
  const choose = (event) => {
    const chosen = Number(event.target.value);
    setLevel(chosen);
    player.currentLevel = chosen;
  };
  const toggle = () => {
    for (const track of video.current.textTracks) track.mode = shown ? "hidden" : "showing";
    setShown(!shown);
  };
  return html`${captions.length > 0 &&
    html`<label class="toggle"><input type="checkbox" checked=${shown} onChange=${toggle} /><span>${say.subtitles}</span></label>`}
  ${player?.levels.length > 1 &&
  html`<label class="player-quality">
    <span class="unseen">${say.quality}</span>
    <select value=${level} onChange=${choose}>
      <option value="-1">${say.auto}</option>
      ${player.levels.map((one, number) => html`<option key=${number} value=${number}>${say.level(one.height, rate(one.bitrate))}</option>`)}
    </select>
  </label>`}`;
};

/** Cues as a track of their own: the file lies in a bucket that tracks aren't read from. */
function showCaptions(element, captions) {
  if (!captions.length || element.textTracks.length) return;
  const track = element.addTextTrack("subtitles", say.subtitles, "");
  track.mode = "hidden";
  for (const { start, end, text } of captions) track.addCue(new VTTCue(start, end, text));
}

// ── what lies beside the film ─────────────────────────────────────────────────────────────────

const NOTHING = { tiles: [], captions: [], chapters: [], lanes: [], verdict: null, tags: [], poster: undefined };

/** Everything that other subtasks have found: tiles of the sprite, captions, chapters, lanes of the time line. */
function useBeside(task) {
  const [found, setFound] = useState(NOTHING);
  const ready = (task.outputs || []).map((output) => `${output.subtask}/${output.name}`).join(" ");
  useEffect(() => {
    let gone = false;
    gather(task).then((all) => gone || setFound(all));
    return () => {
      gone = true;
    };
  }, [task.id, task.attempt, ready]);
  return found;
}

async function gather(task) {
  const kindOf = new Map((task.subtasks || []).map((one) => [one.number, one.kind]));
  const outputs = task.outputs || [];
  const of = (kind, ending) => outputs.find((output) => kindOf.get(output.subtask) === kind && output.name.endsWith(ending));
  const text = (output) => (output ? textOf(output.url).catch(() => "") : Promise.resolve(""));
  const [sprite, captions, chapters, moderation, discovery] = await Promise.all([
    text(of("sprite", ".vtt")),
    text(of("subtitles", ".vtt")),
    text(of("chapters", ".vtt")),
    text(of("moderation", ".json")),
    text(of("discovery", ".json")),
  ]);
  const findings = findingsOf(json(moderation), json(discovery));
  const sheets = new Map(outputs.filter((output) => kindOf.get(output.subtask) === "sprite").map((output) => [last(output.key), output]));
  return {
    ...findings,
    tiles: tiles(sprite)
      .map((tile) => ({ ...tile, picture: sheets.get(last(tile.sheet)) }))
      .filter((tile) => tile.picture),
    captions: cues(captions),
    chapters: cues(chapters),
    poster: (of("discovery", "cover.jpg") || outputs.find((output) => kindOf.get(output.subtask) === "screenshot" && /^image\//.test(output.type)))?.url,
  };
}

function json(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function last(path) {
  return path.split("/").pop();
}

/** The same as the lanes, in words: for who can't see them, and to be read. */
function Findings({ found, seek }) {
  const { verdict, tags, chapters, lanes } = found;
  const listed = lanes.filter((lane) => lane.listed && lane.items.length);
  if (!verdict && !tags.length && !chapters.length && !listed.length) return null;
  return html`<div class="findings">
    ${verdict &&
    html`<p class=${`verdict ${verdict.verdict}`}>
      <strong>${say.lane.moderation}: ${say.verdict[verdict.verdict] || verdict.verdict}</strong>
      <span>${say.confidence(verdict.confidence)}</span>
    </p>`}
    ${tags.length > 0 && html`<p class="chips"><b>${say.tags}</b> ${tags.map((tag) => html`<span key=${tag} class="chip">${tag}</span>`)}</p>`}
    ${chapters.length > 0 && html`<${Moments} title=${say.chapters} items=${chapters.map((one) => ({ ...one, label: one.text }))} seek=${seek} />`}
    ${listed.map((lane) => html`<${Moments} key=${lane.name} title=${say.lane[lane.name] || spoken(lane.name)} items=${lane.items} seek=${seek} />`)}
  </div>`;
}

function Moments({ title, items, seek }) {
  return html`<details class="moments" open=${items.length < 6}>
    <summary>${title} <small>${items.length}</small></summary>
    <ul>
      ${items.slice(0, 60).map(
        (item, number) => html`<li key=${number}>
          <button type="button" onClick=${() => seek(item.start)}>
            <span class="mono">${place(item.start)}</span><span>${item.label}</span>
            ${item.confidence !== undefined && html`<small>${say.confidence(item.confidence)}</small>`}
          </button>
        </li>`,
      )}
    </ul>
  </details>`;
}
