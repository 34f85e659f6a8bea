/** A small, strict reader of Prometheus' text, written from the format's description and not from our writer. */

/** A family. */
export interface ReadFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Map<string, string>;
    value: number;
  }[];
}

/** Reads a whole document; throws at the first thing that the format does not allow. */
export function parseMetrics(text: string): Map<string, ReadFamily> {
  const families = new Map<string, ReadFamily>();
  let current: ReadFamily | undefined;
  let family = "";
  let help = "";
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.slice(0, -1).split("\n")) {
    const helped = /^# HELP ([a-zA-Z_:][\w:]*) (.*)$/.exec(line);
    const typed = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line);
    if (helped !== null) help = helped[2] ?? "";
    else if (typed !== null) {
      family = typed[1] ?? "";
      if (families.has(family)) throw new Error(`${family} comes twice`);
      families.set(family, current = { type: typed[2] ?? "", help, samples: [] });
    } else if (line.startsWith("#")) throw new Error(`a comment: ${line}`);
    else {
      const sample = parseSample(line);
      if (current === undefined || !sample.name.startsWith(family)) throw new Error(line);
      const key = JSON.stringify([sample.name, ...sample.labels]);
      const isTwice = current.samples.some((other) =>
        JSON.stringify([other.name, ...other.labels]) === key
      );
      if (isTwice) throw new Error(`twice: ${line}`);
      current.samples.push(sample);
    }
  }
  return families;
}

function parseSample(line: string) {
  const name = /^[a-zA-Z_:][\w:]*/.exec(line)?.[0] ?? "";
  let at = name.length;
  const labels = new Map<string, string>();
  if (line[at] === "{") {
    at += 1;
    for (;;) {
      const label = /^([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"/.exec(line.slice(at));
      if (label === null) throw new Error(`no label: ${line}`);
      const value = (label[2] ?? "").replace(
        /\\(.)/g,
        (_, letter) => letter === "n" ? "\n" : letter,
      );
      if (labels.has(label[1] ?? "")) throw new Error(`a label twice: ${line}`);
      labels.set(label[1] ?? "", value);
      at += label[0].length;
      if (line[at] === "}") break;
      if (line[at] !== ",") throw new Error(`no comma: ${line}`);
      at += 1;
    }
    at += 1;
  }
  const rest = line.slice(at);
  if (!/^ -?(\d+(\.\d+)?(e[+-]?\d+)?)$/.test(rest)) throw new Error(`no number: ${line}`);
  return { name, labels, value: Number(rest) };
}
