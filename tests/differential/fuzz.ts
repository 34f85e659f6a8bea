/** Compares module after module, each from its own seed, and counts. */

import { type BinaryenModules, openBinaryen } from "./binaryen_modules.ts";
import { compare } from "./compare.ts";
import { generateModule } from "./generator/module.ts";
import { Random } from "./random.ts";
import { emptyTally, type Tally } from "./tally.ts";

/** Who makes the modules. */
export type Maker = "binaryen" | "own";

/** A module that does not behave as it does when compiled. */
export interface Finding {
  readonly maker: Maker;
  readonly seed: number;
  readonly module: Uint8Array<ArrayBuffer>;
  readonly differences: readonly string[];
}

/** What many modules showed. */
export interface FuzzResult {
  readonly tally: Tally;
  /** Seeds for which the maker itself gave up. */
  readonly unmade: number;
  readonly findings: readonly Finding[];
}

/** After so many it is of no use to go on. */
const findingsMax = 20;

/**
 * Compares `count` modules, from the seeds `firstSeed` and on.
 *
 * @param progress told after each module how many are done
 */
export async function fuzz(
  maker: Maker,
  count: number,
  firstSeed: number,
  progress: (done: number, result: FuzzResult) => void = () => {},
): Promise<FuzzResult> {
  const tally = emptyTally();
  const findings: Finding[] = [];
  let unmade = 0;
  const make = moduleMaker(maker);
  try {
    for (let done = 0; done < count && findings.length < findingsMax; done += 1) {
      const seed = (firstSeed + done) >>> 0;
      const module = await make.next(seed);
      if (module === undefined) {
        unmade += 1;
      } else {
        const differences = await compare(module, seed, tally);
        if (differences.length > 0) findings.push({ maker, seed, module, differences });
      }
      progress(done + 1, { tally, unmade, findings });
    }
  } finally {
    make.close();
  }
  return { tally, unmade, findings };
}

interface ModuleMaker {
  next(seed: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  close(): void;
}

function moduleMaker(maker: Maker): ModuleMaker {
  if (maker === "own") {
    return { next: (seed) => Promise.resolve(generateModule(seed)), close: () => {} };
  }
  const binaryen: BinaryenModules = openBinaryen();
  return {
    next: (seed) => binaryen.next(new Random(seed)),
    close: () => binaryen.close(),
  };
}
