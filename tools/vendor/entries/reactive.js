// What the console is made with, as one module: Preact, its hooks and signals, and htm instead of JSX.
export { Fragment, render } from "preact";
export { useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { computed, effect, signal, useSignal } from "@preact/signals";
export { html } from "htm/preact";
