// Writes ts/generated: the types of both services' interfaces, from the documents in web/openapi. Each file begins with
// the hash of what it was made from, so that a run with nothing to do is over at once.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const generated = path.join(root, "ts/generated");
// Another version of the generator, or another choice below, makes other types.
const recipe = (await readFile(path.join(root, "package-lock.json"), "utf8")) + (await readFile(fileURLToPath(import.meta.url), "utf8"));

await mkdir(generated, { recursive: true });
for (const name of ["wallet", "till"]) {
  const document = await readFile(path.join(root, "openapi", `${name}.json`), "utf8");
  const file = path.join(generated, `${name}.ts`);
  const mark = `// Made from web/openapi/${name}.json, ${createHash("sha256").update(recipe).update(document).digest("hex")}\n`;
  if ((await readFile(file, "utf8").catch(() => "")).startsWith(mark)) continue;
  // Under another name first: a file that is half written must not look up to date.
  await writeFile(`${file}.new`, mark + (await typesOf(JSON.parse(document))));
  await rename(`${file}.new`, file);
  console.log(`web/ts/generated/${name}.ts written`);
}

async function typesOf(document) {
  // Loaded only when it is needed: it is most of this script's time.
  const { default: openapiTS, astToString } = await import("openapi-typescript");
  // The pages know a route by its path; a second list of routes, by names, would be read by nobody.
  for (const operation of Object.values(document.paths).flatMap(Object.values)) delete operation.operationId;
  // An object of which the document says nothing is one of which the pages know nothing.
  return astToString(await openapiTS(document, { emptyObjectsUnknown: true }));
}
