// Files on their way into the bucket: straight from the browser, large ones in parts. By Uppy, which is loaded at the first file.
import { signal } from "../vendor/reactive.js";
import { call, get } from "./api.js";

const PART = 8 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** The files of the page: {id, name, size, percent, state: "uploading" | "paused" | "done" | "failed", error, input, canPause}. */
export const files = signal([]);

let uppy = null;
// what POST /tasks takes as `input`, by the file's id
const places = new Map();

export async function addFiles(chosen) {
  uppy ||= await made();
  for (const file of chosen) {
    try {
      uppy.addFile({ name: file.name, type: file.type, data: file, source: "console" });
    } catch {
      // it is among them already
    }
  }
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
  uppy?.destroy();
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
      const { uploadId, key } = await begun(file, true);
      return { uploadId, key };
    },
    signPart: async (file, { uploadId, key, partNumber }) => (await get(`${path(uploadId)}/parts/${partNumber}${of(key)}`)).data,
    listParts: async (file, { uploadId, key }) => (await get(path(uploadId) + of(key))).data,
    completeMultipartUpload: (file, { uploadId, key, parts }) =>
      call("POST", `${path(uploadId)}/complete${of(key)}`, { parts: parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) }),
    abortMultipartUpload: (file, { uploadId, key }) => call("DELETE", path(uploadId) + of(key)),
  });
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
