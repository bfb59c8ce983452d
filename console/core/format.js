// Numbers, times and names as people read them.

const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

/** "14:03:09" today, "Nov 21, 14:03:09" before. */
export function moment(text, now = new Date()) {
  const time = new Date(text);
  return time.toDateString() === now.toDateString() ? clock.format(time) : `${day.format(time)}, ${clock.format(time)}`;
}

/** In the reader's zone, with its name, and in UTC. */
export function exactly(text) {
  const time = new Date(text);
  return `${whole.format(time)}\n${time.toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** Seconds as "0.8 s", "12 s", "3 min 05 s", "2 h 07 min". */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${String(rounded % 60).padStart(2, "0")} s`;
  return `${Math.floor(rounded / 3600)} h ${String(Math.floor((rounded % 3600) / 60)).padStart(2, "0")} min`;
}

/** A place in a film: "0:05", "1:02:03"; with tenths when `fine`. */
export function place(seconds, fine = false) {
  const total = Math.max(0, seconds || 0);
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60)];
  const rest = fine ? (Math.floor((total % 60) * 10) / 10).toFixed(1).padStart(4, "0") : String(Math.floor(total % 60)).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

export function bytes(number) {
  if (number === null || number === undefined) return "–";
  if (number < 1000) return `${number} B`;
  const power = Math.min(4, Math.floor(Math.log10(number) / 3));
  return `${(number / 1000 ** power).toFixed(power > 1 ? 1 : 0)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

/** Bits per second. */
export function rate(number) {
  return number >= 1e6 ? `${(number / 1e6).toFixed(1)} Mbit/s` : `${Math.round(number / 1000)} kbit/s`;
}

export function dollars(usd) {
  if (usd === null || usd === undefined) return "–";
  if (usd === 0) return "$0";
  return usd < 0.0001 ? "< $0.0001" : `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`;
}

/** Seconds between two moments; until now while the second is missing. */
export function between(start, end) {
  if (!start) return null;
  return Math.max(0, (new Date(end || Date.now()) - new Date(start)) / 1000);
}

/** The file's name of a task's source. */
export function sourceName(input) {
  const path = input?.key || pathOf(input?.url) || "";
  return path.split("/").filter(Boolean).pop() || "";
}

function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return url;
  }
}

/** "subtask_count" → "Subtask count" */
export function spoken(name) {
  const text = String(name).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const FINAL = new Set(["succeeded", "failed", "cancelled"]);
export const ACTIVE = ["validating", "queued", "processing", "finishing"];
