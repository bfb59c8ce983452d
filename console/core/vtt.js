// WebVTT: what subtitles, chapters and the map of a sprite come in (https://www.w3.org/TR/webvtt1/).

/** The cues: {start, end, text}, times in seconds. */
export function cues(text) {
  return text
    .replaceAll("\r", "")
    .split(/\n{2,}/)
    .map(cue)
    .filter(Boolean);
}

function cue(block) {
  const lines = block.split("\n");
  const at = lines.findIndex((line) => line.includes("-->"));
  if (at < 0) return null;
  const [start, end] = lines[at].split("-->").map((part) => seconds(part.trim().split(/\s/)[0]));
  return { start, end, text: lines.slice(at + 1).join("\n") };
}

function seconds(clock) {
  return clock.split(":").reduce((total, part) => total * 60 + Number(part.replace(",", ".")), 0);
}

/** Tiles of a sprite: {start, end, sheet, x, y, width, height}; `sheet` is the name of the picture. */
export function tiles(text) {
  return cues(text)
    .map(({ start, end, text: target }) => {
      const found = /^(.*)#xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(target.trim());
      return found && { start, end, sheet: found[1], x: +found[2], y: +found[3], width: +found[4], height: +found[5] };
    })
    .filter(Boolean);
}
