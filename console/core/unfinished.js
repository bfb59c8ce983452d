// Uploads in parts that aren't complete, remembered by this browser: names, sizes and where the parts lie; no content, no key.
// A page can't open a file by itself, so the same file has to be chosen again; it is known by name, size and time of change.
import { UPLOADS, session } from "./session.js";

const MOST = 20;
// as long as the bucket keeps parts of an upload that nobody completes
const KEPT_MILLISECONDS = 2 * 86_400_000;

/** Of the tenant that is signed in: {name, size, modified, tenant, uploadId, key, input, at}; the newest first. */
export function unfinished() {
  return all().filter((one) => one.tenant === session.value?.tenant);
}

/** What was begun of this File, or null. */
export function begunBefore(file) {
  return unfinished().find((one) => sameFile(one, file)) || null;
}

export function sameFile(upload, file) {
  return upload.name === file.name && upload.size === file.size && upload.modified === file.lastModified;
}

export function rememberUpload(file, upload) {
  const known = { name: file.name, size: file.size, modified: file.lastModified, tenant: session.value.tenant, at: Date.now() };
  keep([{ ...known, ...upload }, ...all().filter((one) => one.key !== upload.key)].slice(0, MOST));
}

export function forgetUpload(key) {
  keep(all().filter((one) => one.key !== key));
}

function all() {
  try {
    return (JSON.parse(localStorage.getItem(UPLOADS)) || []).filter((one) => one.at > Date.now() - KEPT_MILLISECONDS);
  } catch {
    return [];
  }
}

function keep(uploads) {
  if (uploads.length) localStorage.setItem(UPLOADS, JSON.stringify(uploads));
  else localStorage.removeItem(UPLOADS);
}
