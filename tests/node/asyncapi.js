// What the official parser has against AsyncAPI documents, and which operations it found in each.
const { Parser } = require("@asyncapi/parser");

async function judge(document) {
  const { document: read, diagnostics } = await new Parser().parse(JSON.stringify(document));
  const found = diagnostics
    .filter((one) => one.severity === 0)
    .map((one) => `${one.code} ${one.message} ${one.path.join("/")}`);
  const warned = diagnostics.filter((one) => one.severity === 1).map((one) => `${one.code} ${one.path.join("/")}`);
  const operations = read ? read.operations().all().map((one) => [one.id(), one.action()]) : [];
  return { errors: found, warnings: warned, operations };
}

async function main() {
  const documents = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const judged = [];
  for (const one of documents) judged.push(await judge(one));
  process.stdout.write(JSON.stringify(judged));
}

main();
