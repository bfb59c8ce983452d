// Loaded when a film in HLS is opened.
export { default } from "hls.js";
