// Files on their way into the bucket: straight from the browser, large ones in parts. By Uppy, which is loaded at the first file.
// They go on while one looks around in the console; what a reload cuts off goes on when the same file is chosen again.
import { effect, signal } from "../vendor/reactive.js";
import { call, get } from "./api.js";
import { session } from "./session.js";
import { begunBefore, forgetUpload, rememberUpload, sameFile, unfinished } from "./unfinished.js";

const PART = 8 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** The files of the page: {id, name, size, percent, state: "uploading" | "paused" | "done" | "failed", error, input, canPause}. */
export const files = signal([]);

/** Uploads that were cut off: {name, size, percent, …}, see unfinished.js; without those that go on here. */
export const interrupted = signal([]);

let uppy = null;
// what POST /tasks takes as `input`, by the file's id
const places = new Map();

export async function addFiles(chosen) {
  uppy ||= await made();
  for (const file of chosen) {
    const before = file.size > PART ? begunBefore(file) : null;
    const isThere = before && (await partsOf(before));
    try {
      const id = uppy.addFile({ name: file.name, type: file.type, data: file, source: "console" });
      if (isThere) goOn(id, before);
    } catch {
      // it is among them already
    }
  }
  await recall();
}

/** Uppy asks which parts are there and sends the others. */
function goOn(id, { uploadId, key, input }) {
  places.set(id, input);
  uppy.setFileState(id, { s3Multipart: { uploadId, key } });
}

/** Look up what was cut off, and how much of it is there. */
export async function recall() {
  const here = uppy?.getFiles() || [];
  const others = unfinished().filter((one) => !here.some((file) => sameFile(one, file.data)));
  const sizes = await Promise.all(others.map(partsOf));
  interrupted.value = others.map((one, at) => ({ ...one, percent: (100 * sizes[at]) / one.size })).filter((_, at) => sizes[at] !== null);
}

/** Bytes that the bucket has of an upload; null when it knows nothing of it (any more). */
async function partsOf(upload) {
  try {
    const { data } = await get(path(upload.uploadId) + of(upload.key));
    return data.reduce((sum, part) => sum + part.Size, 0);
  } catch (error) {
    if (error.status === 404) forgetUpload(upload.key);
    return null;
  }
}

/** Give up one that was cut off: its parts are removed, and only then is it forgotten; what couldn't be removed is told again. */
export async function giveUp(upload) {
  interrupted.value = interrupted.value.filter((one) => one.key !== upload.key);
  await removeParts(upload).catch(recall);
}

async function removeParts({ uploadId, key }) {
  await call("DELETE", path(uploadId) + of(key)).catch((error) => {
    if (error.status !== 404) throw error;
  });
  forgetUpload(key);
}

export function pauseOrResume(id) {
  uppy.pauseResume(id);
  told();
}

export function retry(id) {
  uppy.retryUpload(id);
}

export function removeFile(id) {
  uppy?.removeFile(id);
}

/** Forget all of them; what isn't there yet is given up. */
export function clearFiles() {
  if (!uppy) return;
  uppy.destroy();
  uppy = null;
  places.clear();
  files.value = [];
}

async function made() {
  const { AwsS3, Uppy } = await import("../vendor/uppy.js");
  const fresh = new Uppy({ autoProceed: true });
  fresh.use(AwsS3, {
    limit: 4,
    shouldUseMultipart: (file) => file.size > PART,
    getChunkSize: (file) => Math.max(PART, Math.ceil(file.size / MOST_PARTS)),
    getUploadParameters: async (file) => {
      const { url, headers } = await begun(file, false);
      return { method: "PUT", url, headers, fields: {} };
    },
    createMultipartUpload: async (file) => {
      const { uploadId, key, input } = await begun(file, true);
      rememberUpload(file.data, { uploadId, key, input });
      return { uploadId, key };
    },
    signPart: async (file, { uploadId, key, partNumber }) => (await get(`${path(uploadId)}/parts/${partNumber}${of(key)}`)).data,
    listParts: async (file, { uploadId, key }) => (await get(path(uploadId) + of(key))).data,
    completeMultipartUpload: (file, { uploadId, key, parts }) =>
      call("POST", `${path(uploadId)}/complete${of(key)}`, { parts: parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) }),
    abortMultipartUpload: (file, upload) => removeParts(upload),
  });
  fresh.on("upload-success", (file) => forgetUpload(places.get(file.id)?.key));
  for (const event of ["file-added", "file-removed", "upload-progress", "upload-success", "upload-error", "upload-pause", "upload-retry", "complete"]) fresh.on(event, told);
  uppy = fresh;
  return fresh;
}

async function begun(file, multipart) {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(file.type || "") ? { type: file.type } : {};
  const made = await call("POST", "/uploads", { filename: file.name.slice(-200), size: file.size, multipart, start: false, ...type });
  places.set(file.id, made.input);
  return made;
}

function path(uploadId) {
  return `/uploads/${encodeURIComponent(uploadId)}`;
}

function of(key) {
  return `?${new URLSearchParams({ key })}`;
}

function told() {
  // Uppy tells of some changes just before it makes them
  queueMicrotask(() => {
    files.value = (uppy?.getFiles() || []).map((file) => ({
      id: file.id,
      name: file.name,
      size: file.size,
      percent: file.progress?.percentage || 0,
      state: stateOf(file),
      error: file.error || "",
      input: places.get(file.id),
      canPause: file.size > PART,
    }));
  });
}

function stateOf(file) {
  if (file.error) return "failed";
  if (file.progress?.uploadComplete) return "done";
  return file.isPaused ? "paused" : "uploading";
}

effect(() => {
  if (session.value) return;
  clearFiles();
  interrupted.value = [];
});
