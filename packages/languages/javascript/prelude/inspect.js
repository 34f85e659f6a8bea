// Values as people read them, for console and print.

const depthMax = 4;
const itemsMax = 100;

/** One line of output: strings as they are, everything else inspected, with a space between. */
export function formatLine(values) {
  return values.map((value) => typeof value === "string" ? value : inspect(value)).join(" ");
}

export function inspect(value, depth = 0, above = []) {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[${/^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function"} ${
        value.name || "(anonymous)"
      }]`;
    case "object":
      return value === null ? "null" : inspectObject(value, depth, above);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function inspectObject(value, depth, above) {
  if (above.includes(value)) return "[circular]";
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date) return isNaN(value) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  const name = value.constructor?.name ?? "";
  if (depth >= depthMax) return Array.isArray(value) ? "[array]" : `[${name || "object"}]`;
  const within = (item) => inspect(item, depth + 1, [...above, value]);
  if (Array.isArray(value)) return list("[", value, within, "]");
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `${name}(${value.length}) ${list("[", value, within, "]")}`;
  }
  if (value instanceof Set) return `Set(${value.size}) ${list("{", value, within, "}")}`;
  const pair = (separator) => ([key, item]) => `${separator(key)}${within(item)}`;
  if (value instanceof Map) {
    return `Map(${value.size}) ${list("{", value, pair((key) => `${within(key)} => `), "}")}`;
  }
  const keyText = (key) => /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
  const own = list("{", Object.entries(value), pair((key) => `${keyText(key)}: `), "}");
  return name === "" || name === "Object" ? own : `${name} ${own}`;
}

function list(open, items, format, close) {
  const parts = [];
  for (const item of items) {
    if (parts.length === itemsMax) {
      parts.push("…");
      break;
    }
    parts.push(format(item));
  }
  if (parts.length === 0) return `${open}${close}`;
  return open === "{" ? `{ ${parts.join(", ")} }` : `${open}${parts.join(", ")}${close}`;
}

/** Name, message and stack of an error, with what caused it; any other thrown value inspected. */
export function describeError(value) {
  if (!(value instanceof Error)) return inspect(value);
  const head = value.message === "" ? value.name : `${value.name}: ${value.message}`;
  const stack = programFrames(String(value.stack ?? ""));
  const cause = value.cause === undefined ? "" : `\ncaused by ${describeError(value.cause)}`;
  return `${head}${stack === "" ? "" : `\n${stack}`}${cause}`;
}

/** The program's own frames: neither the prelude's nor those of the glue, which have one letter. */
function programFrames(stack) {
  return stack.split("\n").filter((line) => !/\(skerry:|at [a-z] \(native\)$/.test(line)).join("\n")
    .trimEnd();
}
