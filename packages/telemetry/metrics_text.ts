/**
 * Families of metrics as text: Prometheus' format 0.0.4 and OpenMetrics 1.0, which differ in how a counter's family is
 * called and in their end.
 */

/** How metrics are written. */
export interface MetricsFormat {
  readonly isOpenMetrics: boolean;
  readonly contentType: string;
}

const prometheus: MetricsFormat = {
  isOpenMetrics: false,
  contentType: "text/plain; version=0.0.4; charset=utf-8",
};

const openMetrics: MetricsFormat = {
  isOpenMetrics: true,
  contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** The format that an `Accept` field asks for (RFC 9110 §12.5.1): OpenMetrics only where it is named and not liked less. */
export function metricsFormat(accept: string | undefined): MetricsFormat {
  let [best, bestText] = [0, 0];
  for (const range of (accept ?? "").toLowerCase().split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const weight = parameters.find((part) => part.startsWith("q="))?.slice(2);
    const quality = weight === undefined ? 1 : Number(weight) || 0;
    if (type === "application/openmetrics-text") best = Math.max(best, quality);
    if (type === "text/plain") bestText = Math.max(bestText, quality);
  }
  return best > 0 && best >= bestText ? openMetrics : prometheus;
}

/** Labels of a sample: their names are ours, their values anybody's. */
export type Labels = Readonly<Record<string, string | number>>;

/** One number of a family. What is unknown is left out. */
export type Sample = readonly [labels: Labels, value: number | undefined];

/** Times, in buckets that each count by themselves; bounds and sum are in the family's unit. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Writes families one after the other. */
export class MetricsText {
  readonly #isOpenMetrics: boolean;
  readonly #pieces: string[] = [];

  constructor({ isOpenMetrics }: MetricsFormat) {
    this.#isOpenMetrics = isOpenMetrics;
  }

  /** Something that only rises; `name` ends in `_total`. */
  counter(name: string, help: string, samples: Iterable<Sample>): void {
    const family = this.#isOpenMetrics ? name.replace(/_total$/, "") : name;
    this.#family(family, "counter", help, plain(name, samples));
  }

  /** Something that rises and falls. */
  gauge(name: string, help: string, samples: Iterable<Sample>): void {
    this.#family(name, "gauge", help, plain(name, samples));
  }

  /** Times. */
  histogram(
    name: string,
    help: string,
    series: Iterable<readonly [labels: Labels, histogram: Histogram]>,
  ): void {
    this.#family(name, "histogram", help, buckets(name, series));
  }

  /** All that was written. */
  end(): string {
    return this.#pieces.join("") + (this.#isOpenMetrics ? "# EOF\n" : "");
  }

  #family(name: string, type: string, help: string, lines: Iterable<string>): void {
    const text = [...lines].join("");
    if (text !== "") this.#pieces.push(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`, text);
  }
}

function* plain(name: string, samples: Iterable<Sample>): Iterable<string> {
  for (const [labels, value] of samples) {
    if (isNumber(value)) yield `${name}${labelText(labels)} ${value}\n`;
  }
}

function* buckets(
  name: string,
  series: Iterable<readonly [labels: Labels, histogram: Histogram]>,
): Iterable<string> {
  for (const [labels, { bounds, counts, sum }] of series) {
    const own = labelText(labels).slice(1, -1);
    const before = `${name}_bucket{${own === "" ? "" : `${own},`}le="`;
    let below = 0;
    for (const [index, bound] of bounds.entries()) {
      below += counts[index] ?? 0;
      yield `${before}${bound}"} ${below}\n`;
    }
    const all = below + (counts[bounds.length] ?? 0);
    const braces = own === "" ? "" : `{${own}}`;
    yield `${before}+Inf"} ${all}\n${name}_sum${braces} ${sum}\n${name}_count${braces} ${all}\n`;
  }
}

/** What cells tell has passed through other processes: what is no number must not become text. */
function isNumber(value: number | undefined): value is number {
  return Number.isFinite(value);
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** A label's value: backslash, quote and line feed are escaped, and both formats are UTF-8. */
function escaped(value: string | number): string {
  return String(value).replace(/[\\"\n]/g, (found) => found === "\n" ? "\\n" : `\\${found}`)
    .toWellFormed();
}
