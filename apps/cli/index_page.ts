/** The page at `/` where several programs are served and none of them answers it. */

import type { Route, Service } from "@skerry/edge";

/** HTML that lists the programs, with a link to each. Nothing in it comes from another host. */
export function indexPage(routes: readonly Route<Service>[], version: string): string {
  const items = routes.map(({ prefix, target }) => `
      <li><a href="${escape(prefix)}/">
        <strong>${escape(target.name)}</strong>
        <code>${escape(prefix)}/</code>
        <span>${escape(target.about ?? "")}</span>
      </a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Skerry</title>
<style>${style}</style>
</head>
<body>
  <main>
    <header>
      <svg viewBox="0 0 120 48" aria-hidden="true">
        <path class="rock" d="M22 34c6-2 9-16 17-19 6-2 8 5 14 6 8 1 9-8 15-7 9 1 12 17 24 20z"/>
        <path class="sea" d="M2 38q8-5 16 0t16 0 16 0 16 0 16 0 16 0 16 0"/>
        <path class="sea" d="M14 44q8-5 16 0t16 0 16 0 16 0 16 0"/>
      </svg>
      <h1>Skerry</h1>
      <p>Each request below runs in a WebAssembly sandbox of its own.</p>
    </header>
    <ul>${items.join("")}
    </ul>
    <footer>Skerry ${
    escape(version)
  } · <code>npx skerry new hello --language c</code> makes the next one</footer>
  </main>
</body>
</html>
`;
}

const style = `
:root{color-scheme:light dark;--ink:#12313d;--dim:#55707a;--paper:#f4f8f9;--card:#fff;--line:#d8e4e8;--sea:#1b7f99}
@media (prefers-color-scheme:dark){:root{--ink:#e6f1f4;--dim:#9db6bf;--paper:#0d1b21;--card:#14272f;--line:#24404b;--sea:#4fc0db}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:3rem 1.25rem}
header{text-align:center;margin-bottom:2rem}
svg{width:8rem}.rock{fill:var(--ink)}.sea{fill:none;stroke:var(--sea);stroke-width:2.5;stroke-linecap:round}
h1{margin:.25rem 0 0;font-size:2.25rem;letter-spacing:.02em}
header p{margin:.25rem 0;color:var(--dim)}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.75rem}
li a{display:grid;grid-template-columns:1fr auto;gap:.1rem 1rem;padding:1rem 1.25rem;border:1px solid var(--line);border-radius:.75rem;background:var(--card);color:inherit;text-decoration:none}
li a:hover,li a:focus-visible{border-color:var(--sea);outline:none;box-shadow:0 0 0 1px var(--sea)}
li code{color:var(--sea)}li span{grid-column:1/-1;color:var(--dim)}
footer{margin-top:2rem;text-align:center;color:var(--dim);font-size:.9rem}
code{font:.875em ui-monospace,monospace}
`;

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
