import { Variant } from "./variants";

/** The page of a variant. A real service would fetch or render its own here. */
export function page(variant: Variant, base: string, path: string): string {
  const hue = hash(variant.name) % 360;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Variant ${variant.name}</title>
<style>
  :root { color-scheme: light dark; --ink: hsl(${hue} 60% 18%); --paper: hsl(${hue} 60% 95%);
          --card: #fff; --accent: hsl(${hue} 60% 35%); }
  @media (prefers-color-scheme: dark) {
    :root { --ink: hsl(${hue} 40% 92%); --paper: hsl(${hue} 35% 10%); --card: hsl(${hue} 30% 15%);
            --accent: hsl(${hue} 70% 72%); }
  }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper);
         color: var(--ink); font: 17px/1.6 system-ui, sans-serif; }
  main { max-width: 30rem; margin: 1rem; padding: 2rem 2.5rem; border-radius: 1rem; background: var(--card);
         border-top: .5rem solid var(--accent); }
  h1 { margin: 0; font-size: 2rem; }
  a { color: var(--accent); }
  code { font: .9em ui-monospace, monospace; }
</style>
</head>
<body>
<main>
  <h1>You see “${variant.name}”</h1>
  <p>You asked for <code>${escape(base + path)}</code>. A cookie keeps you on this variant until you
  <a href="${escape(base)}/reset">let the dice roll again</a>.</p>
  <p><a href="${escape(base)}/explain">Why this one?</a></p>
</main>
</body>
</html>
`;
}

function hash(text: string): u32 {
  let value: u32 = 2166136261;
  for (let index = 0; index < text.length; index++) {
    value = (value ^ text.charCodeAt(index)) * 16777619;
  }
  return value;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
