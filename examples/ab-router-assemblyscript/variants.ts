/** One way to answer, and how often it is drawn. */
export class Variant {
  constructor(public name: string, public weight: u32) {}
}

const weightMax: i32 = 1_000_000;

/** Reads `name=weight,name=weight`. What is not of that form is left out. */
export function parseVariants(text: string): Variant[] {
  const variants: Variant[] = [];
  const parts = text.split(",");
  for (let index = 0; index < parts.length; index++) {
    const pair = parts[index].split("=");
    if (pair.length != 2) continue;
    const name = pair[0].trim();
    const weight = pair[1].trim();
    if (isName(name) && isNumber(weight)) {
      const value = <i32> Math.min(parseInt(weight), weightMax);
      if (value > 0) variants.push(new Variant(name, value));
    }
  }
  return variants;
}

/** The variant in whose share of the whole the number falls. */
export function choose(variants: Variant[], random: u32): Variant {
  let sum: u64 = 0;
  for (let index = 0; index < variants.length; index++) sum += variants[index].weight;
  let point = (<u64> random * sum) >> 32;
  let index = 0;
  while (point >= variants[index].weight) point -= variants[index++].weight;
  return variants[index];
}

export function find(variants: Variant[], name: string): Variant | null {
  for (let index = 0; index < variants.length; index++) {
    if (variants[index].name == name) return variants[index];
  }
  return null;
}

/** Names go into a cookie and into HTML: letters, digits and hyphens alone. */
function isName(text: string): bool {
  if (text.length == 0 || text.length > 32) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!letter && !(code >= 48 && code <= 57) && code != 45) return false;
  }
  return true;
}

function isNumber(text: string): bool {
  if (text.length == 0 || text.length > 9) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
