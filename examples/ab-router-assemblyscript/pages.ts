import { Variant } from "./variants";

/** The page of a variant. A real service would fetch or render its own here. */
export function page(variant: Variant, path: string): string {
  const hue = hash(variant.name) % 360;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Variant ${variant.name}</title>
<style>
  body { font: 18px/1.5 system-ui; margin: 15vh auto; max-width: 32em; padding: 0 1em;
         background: hsl(${hue} 60% 95%); color: hsl(${hue} 60% 20%); }
</style>
<h1>You see “${variant.name}”</h1>
<p>You asked for <code>${escape(path)}</code>. You will see this variant until you
<a href="/reset">let the dice roll again</a>; <a href="/explain">/explain</a> says why.</p>
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
