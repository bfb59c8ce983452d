// Forms made from JSON Schemas, as GET /kinds gives them for the options of each kind. What isn't filled in isn't sent.
import { html, useState } from "../vendor/reactive.js";
import { words } from "../words.en.js";
import { spoken } from "../core/format.js";
import { Field } from "../parts/basics.js";

const say = words.create;
const FIRST = 6;
// what most people want to say, in front of the rest, which keeps the schema's order
const USUAL = ["container", "format", "codec", "resolution", "quality", "ladder", "times", "count", "interval_seconds", "width", "height", "language", "start", "end"];

/**
 * The members of an object's schema. `value` holds those that are given, `change` gets a new value, `errors` maps paths below
 * `path` to messages.
 */
export function SchemaForm({ schema, root = schema, value, change, errors, path }) {
  const members = Object.entries(schema.properties || {});
  const set = (name, given) => {
    const { [name]: _, ...rest } = value || {};
    change(given === undefined ? rest : { ...rest, [name]: given });
  };
  const one = ([name, raw]) => html`<${Member}
    key=${name}
    name=${name}
    schema=${resolved(raw, root)}
    root=${root}
    required=${schema.required?.includes(name)}
    value=${value?.[name]}
    change=${(given) => set(name, given)}
    errors=${errors}
    path=${`${path}.${name}`}
  />`;
  const rank = (name) => (schema.required?.includes(name) ? -1 : USUAL.includes(name) ? USUAL.indexOf(name) : USUAL.length);
  const sorted = [...members].sort(([one], [other]) => rank(one) - rank(other));
  const [first, rest] = [sorted.slice(0, FIRST), sorted.slice(FIRST)];
  const isWrong = rest.some(([name]) => Object.keys(errors).some((field) => field.startsWith(`${path}.${name}`)));
  const isGiven = rest.some(([name]) => value?.[name] !== undefined);
  return html`<div class="form-grid">${first.map(one)}</div>
    ${rest.length > 0 &&
    html`<details class="more-options" open=${isWrong || isGiven}>
      <summary>${say.moreOptions(rest.length)}</summary>
      <div class="form-grid">${rest.map(one)}</div>
    </details>`}`;
}

/** A schema without its references and without «or null». */
export function resolved(schema, root) {
  if (schema.$ref) {
    const target = root.$defs?.[schema.$ref.split("/").pop()] || {};
    return resolved({ ...target, ...schema, $ref: undefined, description: schema.description || target.description }, root);
  }
  const ways = (schema.anyOf || schema.oneOf || []).filter((way) => way.type !== "null");
  if (ways.length === 1) return resolved({ ...ways[0], ...schema, anyOf: undefined, oneOf: undefined }, root);
  return schema;
}

function Member({ name, schema, root, required, value, change, errors, path }) {
  const label = spoken(name);
  const hint = [schema.description, usual(schema)].filter(Boolean).join(" ");
  const error = errors[path] || Object.entries(errors).find(([field]) => field.startsWith(`${path}.`) && schema.type !== "object")?.[1];
  if (schema.type === "object" && schema.properties) {
    return html`<fieldset class="nested">
      <details open=${value !== undefined || Boolean(errors[path])}>
        <summary>${label}</summary>
        ${hint && html`<p class="hint">${hint}</p>`}
        <${SchemaForm} schema=${schema} root=${root} value=${value} change=${(given) => change(Object.keys(given).length ? given : undefined)} errors=${errors} path=${path} />
      </details>
    </fieldset>`;
  }
  if (schema.type === "array" && choices(schema, root)) {
    return html`<${Ticks} label=${label} hint=${hint} error=${error} all=${choices(schema, root)} value=${value ?? schema.default ?? []} change=${change} />`;
  }
  const control = controlOf(schema);
  return html`<${Field} label=${label} hint=${hint} error=${error} optional=${!required}>
    ${(told) => html`<${control} told=${told} schema=${schema} value=${value} change=${change} />`}
  </${Field}>`;
}

function usual(schema) {
  const isPlain = ["string", "number", "boolean"].includes(typeof schema.default);
  return isPlain && !schema.enum && schema.type !== "boolean" ? `(${say.default(schema.default)})` : "";
}

function choices(schema, root) {
  return schema.items && resolved(schema.items, root).enum;
}

function controlOf(schema) {
  if (schema.enum) return Choice;
  if (schema.type === "boolean") return YesOrNo;
  if (schema.type === "integer" || schema.type === "number") return NumberInput;
  if (schema.type === "string") return TextInput;
  if (isPlainList(schema)) return ListInput;
  return JsonInput;
}

function Choice({ told, schema, value, change }) {
  const usually = schema.default === null || schema.default === undefined ? say.unset : `${plain(schema.default)} (${say.unset.toLowerCase()})`;
  return html`<select ...${told} value=${value ?? ""} onChange=${(event) => change(event.target.value || undefined)}>
    <option value="">${usually}</option>
    ${schema.enum.map((one) => html`<option key=${one} value=${one}>${plain(one)}</option>`)}
  </select>`;
}

/** A value as it is written, in words. */
function plain(value) {
  return String(value).replaceAll("_", " ");
}

function YesOrNo({ told, schema, value, change }) {
  const usually = typeof schema.default === "boolean" ? `${schema.default ? say.yes : say.no} (${say.unset.toLowerCase()})` : say.unset;
  return html`<select ...${told} value=${value === undefined ? "" : String(value)} onChange=${(event) => change(event.target.value === "" ? undefined : event.target.value === "true")}>
    <option value="">${usually}</option>
    <option value="true">${say.yes}</option>
    <option value="false">${say.no}</option>
  </select>`;
}

function NumberInput({ told, schema, value, change }) {
  const limits = { min: schema.minimum ?? schema.exclusiveMinimum, max: schema.maximum ?? schema.exclusiveMaximum, step: schema.type === "integer" ? 1 : "any" };
  return html`<input ...${told} type="number" ...${limits} value=${value ?? ""} onInput=${(event) => change(event.target.value === "" ? undefined : Number(event.target.value))} />`;
}

function TextInput({ told, schema, value, change }) {
  return html`<input ...${told} type="text" maxlength=${schema.maxLength} value=${value ?? ""} onInput=${(event) => change(event.target.value || undefined)} />`;
}

function isPlainList(schema) {
  const items = schema.type === "array" && schema.items;
  const types = items ? (items.anyOf || items.oneOf || [items]).map((way) => way.type) : [];
  return types.length > 0 && types.every((type) => ["string", "number", "integer"].includes(type));
}

/** Words and numbers, by comma. */
function ListInput({ told, schema, value, change }) {
  const [text, setText] = useState((value || []).join(", "));
  const numbers = (schema.items.anyOf || schema.items.oneOf || [schema.items]).some((way) => way.type !== "string");
  const typed = (event) => {
    setText(event.target.value);
    const parts = event.target.value.split(",").map((part) => part.trim()).filter(Boolean);
    change(parts.length ? parts.map((part) => (numbers && !Number.isNaN(Number(part)) ? Number(part) : part)) : undefined);
  };
  return html`<input ...${told} type="text" placeholder=${say.byComma} value=${text} onInput=${typed} />`;
}

/** What no other control can say: JSON. Text that isn't JSON is kept as it was typed, and sent as text. */
function JsonInput({ told, value, change }) {
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value));
  const typed = (event) => {
    setText(event.target.value);
    change(event.target.value.trim() === "" ? undefined : parsed(event.target.value));
  };
  return html`<input ...${told} type="text" class="mono" placeholder=${say.json} value=${text} spellcheck=${false} onInput=${typed} />`;
}

export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function Ticks({ label, hint, error, all, value, change }) {
  const toggle = (one) => change(value.includes(one) ? value.filter((other) => other !== one) : [...value, one]);
  return html`<fieldset class=${`field ${error ? "wrong" : ""}`}>
    <legend>${label}</legend>
    <div class="ticks">
      ${all.map((one) => html`<label key=${one} class="toggle"><input type="checkbox" checked=${value.includes(one)} onChange=${() => toggle(one)} /><span>${spoken(one)}</span></label>`)}
    </div>
    ${error && html`<p class="field-error">${error}</p>`} ${hint && html`<p class="hint">${hint}</p>`}
  </fieldset>`;
}
