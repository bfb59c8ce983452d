// What moderation.json and discovery.json hold, as lanes of a time line. Pure.

/** {verdict, tags, lanes: [{name, listed, items: [{start, end, label, confidence, grave}]}]} */
export function findingsOf(moderation, discovery) {
  const lanes = [];
  const add = (name, items, listed = false) => items?.length && lanes.push({ name, listed, items: items.filter((item) => item.end > item.start) });
  add("moderation", moderation?.verdict?.segments?.map(moderated), true);
  add("highlights", discovery?.highlights?.map((one) => ({ ...one, confidence: undefined, label: (one.reasons || []).join(", ") || "★" })));
  add("shots", discovery?.shots?.map((one, number) => ({ ...one, confidence: undefined, label: `${number + 1}` })));
  add("faces", discovery?.faces?.map((one) => ({ ...one, label: String(one.most ?? "") })));
  add("labels", spread(discovery?.labels, "name"), true);
  add("text", spread(discovery?.text, "text"), true);
  add("speech", discovery?.speech?.segments?.map((one) => ({ ...one, label: one.text })), true);
  return { verdict: moderation?.verdict || null, tags: (discovery?.tags || []).map((tag) => tag.name), lanes };
}

function moderated({ start, end, category, label, confidence, suggestion }) {
  const said = label && label !== category ? `${category}: ${label}` : category;
  return { start, end, label: said, confidence, grave: suggestion === "block" ? 2 : 1 };
}

function spread(found, name) {
  const all = (found || []).flatMap((one) => (one.segments || []).map((segment) => ({ ...segment, label: one[name] })));
  return all.sort((one, other) => one.start - other.start);
}
