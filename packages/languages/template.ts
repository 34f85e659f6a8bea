/** The files of a fresh project: they build and serve at once, and show where to begin. */

import type { Language } from "./language.ts";
import { assemblyscript } from "./templates/assemblyscript.ts";
import { c } from "./templates/c.ts";
import { cpp } from "./templates/cpp.ts";
import { javascript } from "./templates/javascript.ts";
import type { ProjectTemplate } from "./templates/project_template.ts";
import { wat } from "./templates/wat.ts";

const templates: Readonly<Record<Language, ProjectTemplate>> = {
  c,
  cpp,
  assemblyscript,
  wat,
  javascript,
};

/**
 * A project that answers each request with a greeting, the method and the path.
 *
 * @param name the service's name, as in a manifest: `[a-z0-9-]{1,63}`
 * @returns relative path → text: skerry.toml, the sources, README.md
 */
export function template(language: Language, name: string): ReadonlyMap<string, string> {
  const { title, sources, note } = templates[language];
  const paths = [...sources.keys()];
  return new Map([
    ["skerry.toml", manifest(language, name, paths)],
    ...sources,
    ["README.md", readme(name, title, paths[0] ?? "", note)],
  ]);
}

function manifest(language: Language, name: string, paths: readonly string[]): string {
  return `name = ${JSON.stringify(name)}
language = ${JSON.stringify(language)}

[build]
sources = [${paths.map((path) => JSON.stringify(path)).join(", ")}]

[env]
GREETING = "Hello"
`;
}

function readme(name: string, title: string, entry: string, note: string): string {
  return `# ${name}

A service in ${title}. It answers every request with a greeting, the method and the path; \`${entry}\`
is the place to begin.

\`\`\`sh
skerry dev .
curl http://127.0.0.1:7676/some/path
\`\`\`

${note}
`;
}
