// Files of a task: where they are, how they are saved, what is in them.
import { ApiError, send } from "./api.js";

const WAIT_MILLISECONDS = 1500;
const MOST_WAITS = 400;

/** The address of a file that a plain link can use, since a link sends no key; null where the API gives no ticket. */
export function ticketed(path, ticket, query = {}) {
  return ticket ? `${path}?${new URLSearchParams({ ...query, ticket })}` : null;
}

/** Save a file. Addresses that need the key are fetched first, the others are left to the browser. */
export async function save(path, name, ticket = null) {
  const link = ticketed(path, ticket, { download: "true" });
  if (link) return click(link, name);
  const response = await follow(path);
  click(URL.createObjectURL(await response.blob()), name);
}

/** Have an archive made, wait for it, save it. `path` as in the API, with its query. */
export async function saveArchive(path, name, ticket = null) {
  for (let waits = 0; waits < MOST_WAITS; waits++) {
    const response = await send("GET", path);
    if (response.type === "opaqueredirect" || response.status === 200) {
      const link = ticket && `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams({ ticket })}`;
      if (link) return click(link, name);
      const archive = await follow(path);
      return click(URL.createObjectURL(await archive.blob()), name);
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
  }
  throw new ApiError(0, { kind: "download_failed" });
}

/** The text behind a signed address. */
export async function textOf(url) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new ApiError(response?.status || 0, { kind: "file_expired" });
  return response.text();
}

async function follow(path) {
  const { session } = await import("./session.js");
  const response = await fetch(path, { headers: { Authorization: `Bearer ${session.value.secret}` } });
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})));
  return response;
}

function click(url, name) {
  const link = Object.assign(document.createElement("a"), { href: url, download: name, rel: "noopener" });
  document.body.append(link);
  link.click();
  link.remove();
  if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
