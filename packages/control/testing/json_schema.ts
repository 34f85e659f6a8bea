/** Holds a value against a JSON Schema, as far as the admin API's document goes. */

type Json = Readonly<Record<string, unknown>>;

/** Keywords that are looked at; another one in a schema is a mistake of whoever wrote the schema. */
const known = new Set([
  ...["$ref", "type", "const", "enum", "items", "propertyNames", "additionalProperties", "anyOf"],
  ...["default", "properties", "required", "pattern", "minimum", "maximum", "exclusiveMinimum"],
  ...["minItems", "maxItems", "minLength", "maxLength", "maxProperties"],
]);

/** What is wrong with a value, each with its path; nothing where it is as its schema says. */
export function problemsOf(value: unknown, schema: Json, document: Json, path = ""): string[] {
  for (const key of Object.keys(schema)) if (!known.has(key)) return [`${path}: keyword ${key}`];
  const { $ref, anyOf } = schema;
  if (typeof $ref === "string") return problemsOf(value, lookUp(document, $ref), document, path);
  if (Array.isArray(anyOf)) {
    const isAny = anyOf.some((option) => problemsOf(value, option, document, path).length === 0);
    return isAny ? [] : [`${path}: none of the forms`];
  }
  return [...ofType(value, schema, path), ...ofParts(value, schema, document, path)];
}

/** What a reference within a document refers to. */
export function lookUp(document: Json, reference: string): Json {
  const steps = reference.replace(/^#\//, "").split("/");
  const found = steps.reduce<unknown>((inner, step) => (inner as Json)[step], document);
  return found as Json;
}

function ofType(value: unknown, schema: Json, path: string): string[] {
  const { type, pattern, enum: options } = schema;
  const found = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  const wanted = type === "integer" ? "number" : type;
  if (wanted !== undefined && wanted !== found) return [`${path}: ${found} instead of ${wanted}`];
  if (type === "integer" && !Number.isInteger(value)) return [`${path}: no integer`];
  if ("const" in schema && schema["const"] !== value) return [`${path}: another constant`];
  if (Array.isArray(options) && !options.includes(value)) return [`${path}: none of the options`];
  if (typeof pattern === "string" && !new RegExp(pattern).test(String(value))) {
    return [`${path}: not of the pattern`];
  }
  const sizes = value as { length: number };
  const bounds: [keyword: string, isBroken: (bound: number) => boolean][] = [
    ["minimum", (bound) => Number(value) < bound],
    ["maximum", (bound) => Number(value) > bound],
    ["exclusiveMinimum", (bound) => Number(value) <= bound],
    ["minItems", (bound) => sizes.length < bound],
    ["maxItems", (bound) => sizes.length > bound],
    ["minLength", (bound) => sizes.length < bound],
    ["maxLength", (bound) => sizes.length > bound],
    ["maxProperties", (bound) => Object.keys(value as Json).length > bound],
  ];
  return bounds.flatMap(([keyword, isBroken]) => {
    const bound = schema[keyword];
    return typeof bound === "number" && isBroken(bound) ? [`${path}: beyond ${keyword}`] : [];
  });
}

function ofParts(value: unknown, schema: Json, document: Json, path: string): string[] {
  if (Array.isArray(value)) {
    const items = schema["items"] as Json | undefined;
    return items === undefined
      ? []
      : value.flatMap((item, index) => problemsOf(item, items, document, `${path}/${index}`));
  }
  if (typeof value !== "object" || value === null) return [];
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Json>>;
  const more = schema["additionalProperties"];
  const names = schema["propertyNames"] as Json | undefined;
  const missing = ((schema["required"] ?? []) as string[])
    .filter((key) => !Object.hasOwn(value, key)).map((key) => `${path}: ${key} is missing`);
  return Object.entries(value).reduce((found, [key, inner]) => {
    const at = `${path}/${key}`;
    const named = names === undefined ? [] : problemsOf(key, names, document, at);
    const own = Object.hasOwn(properties, key) ? properties[key] : more;
    if (own === false) return [...found, `${at}: is not known`];
    const inside = typeof own === "object" ? problemsOf(inner, own as Json, document, at) : [];
    return [...found, ...named, ...inside];
  }, missing);
}
