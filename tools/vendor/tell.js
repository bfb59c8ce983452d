// Write vendor.json and LICENSES.txt beside the vendored modules: node tell.js FOLDER, beside node_modules.
const { createHash } = require("node:crypto");
const { readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const folder = process.argv[2];
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));

function licenceText(path) {
  const name = readdirSync(path).find((file) => /^licen[cs]e/i.test(file));
  return name ? readFileSync(join(path, name), "utf8").trim() : "";
}

const shipped = Object.entries(lock.packages).filter(([path, told]) => path && !told.dev && !told.optional && !told.peer);
const packages = shipped.map(([path, told]) => ({
  name: path.replace(/^.*node_modules\//, ""),
  version: told.version,
  licence: told.license || JSON.parse(readFileSync(join(path, "package.json"), "utf8")).license,
  integrity: told.integrity,
}));
const files = readdirSync(folder).filter((name) => name.endsWith(".js")).sort().map((name) => ({
  name,
  sha256: createHash("sha256").update(readFileSync(join(folder, name))).digest("hex"),
}));
writeFileSync(join(folder, "vendor.json"), `${JSON.stringify({ files, packages }, null, 2)}\n`);
const texts = shipped.map(([path], index) => `${packages[index].name} ${packages[index].version}\n\n${licenceText(path)}\n`);
writeFileSync(join(folder, "LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
