import { Variant } from "./variants";

/** Why a visitor sees what they see, as JSON. Names hold nothing that JSON would have to escape. */
export function explanation(variants: Variant[], chosen: Variant, remembered: bool): string {
  let sum: u64 = 0;
  for (let index = 0; index < variants.length; index++) sum += variants[index].weight;
  const shares: string[] = [];
  for (let index = 0; index < variants.length; index++) {
    const variant = variants[index];
    const share = Math.round(<f64> variant.weight / <f64> sum * 1000) / 10;
    shares.push(`    { "name": "${variant.name}", "weight": ${variant.weight}, "percent": ${share} }`);
  }
  const reason = remembered ? "the cookie says so" : "drawn by weight";
  return `{\n  "variant": "${chosen.name}",\n  "reason": "${reason}",\n` +
    `  "variants": [\n${shares.join(",\n")}\n  ]\n}\n`;
}
