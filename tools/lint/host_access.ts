/**
 * A lint rule: only `platform`, the apps and what is not shipped touch the host.
 *
 * Time, chance, disk, sockets, environment and console reach the core as parameters. A rule on syntax
 * cannot see a global that was renamed at run time; it sees what people write.
 */

/** Globals that are the host. */
const hostGlobals: ReadonlySet<string> = new Set([
  "Deno",
  "process",
  "fetch",
  "WebSocket",
  "EventSource",
  "Worker",
  "localStorage",
  "sessionStorage",
  "caches",
  "console",
  "navigator",
  "setTimeout",
  "setInterval",
  "queueMicrotask",
  "crypto",
]);

/** `object.member` pairs that are clocks or chance. */
const hostMembers: ReadonlySet<string> = new Set(["Date.now", "performance.now", "Math.random"]);

const plugin: Deno.lint.Plugin = {
  name: "skerry",
  rules: {
    "host-access": {
      create(context) {
        if (!/\/packages\/(?!platform\/)/.test(context.filename)) return {};
        if (/_test\.ts$|\/testing\//.test(context.filename)) return {};
        const report = (node: Deno.lint.Node, what: string) =>
          context.report({
            node,
            message: `only platform and the apps use ${what}`,
            hint: "take it as a parameter",
          });
        return {
          Identifier(node) {
            if (hostGlobals.has(node.name) && isReference(node) && !isDigest(node)) {
              report(node, node.name);
            }
          },
          MemberExpression(node) {
            const { object, property } = node;
            if (object.type !== "Identifier" || property.type !== "Identifier") return;
            const member = `${object.name}.${property.name}`;
            if (hostMembers.has(member)) report(node, member);
          },
          NewExpression(node) {
            const { callee } = node;
            const isNow = callee.type === "Identifier" && callee.name === "Date" &&
              node.arguments.length === 0;
            if (isNow) report(node, "the wall clock");
          },
          ImportExpression(node) {
            if (node.source.type !== "Literal") {
              report(node, "an import that is chosen at run time");
            }
          },
        };
      },
    },
  },
};

/** Whether this is the `crypto` of `crypto.subtle.digest`, which is a function of bytes alone. */
function isDigest(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  return node.name === "crypto" && parent.type === "MemberExpression" &&
    parent.property.type === "Identifier" && parent.property.name === "subtle" &&
    parent.parent.type === "MemberExpression" && parent.parent.property.type === "Identifier" &&
    parent.parent.property.name === "digest";
}

/** Whether an identifier stands for a global, and is not a key, a member or a type of that name. */
function isReference(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return parent.object === node || parent.computed;
    case "Property":
      return parent.value === node;
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "ImportSpecifier":
    case "ExportSpecifier":
      return false;
    default:
      return true;
  }
}

export default plugin;
