/** SQLite by Emscripten, with its package's own JavaScript around it: tables, joins, windows, recursion. */

import { freshRequire } from "./fresh_package.ts";
import { readPackageFile, type RealProgram } from "./real_program.ts";
import { instanceFrom } from "./engine_hook.ts";

const statements = `
create table service (id integer primary key, name text unique, tenant text);
create table request (service integer references service, ms real, status integer);
insert into service (name, tenant) values ('router', 'a'), ('api', 'b'), ('images', 'a');
with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
  insert into request select 1 + i % 3, (i * 7919) % 101 / 10.0, case when i % 50 = 0 then 500 else 200 end from n;
create index by_service on request (service, status);
`;

const query = `
select name, count(*) as requests, round(avg(ms), 3) as mean, max(ms) as worst,
  sum(status = 500) as failed, rank() over (order by avg(ms) desc) as place
from service join request on request.service = service.id
group by name order by name`;

interface Database {
  run(sql: string): void;
  exec(sql: string): readonly { readonly values: readonly (readonly unknown[])[] }[];
  close(): void;
}

interface EmscriptenOptions {
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance) => void,
  ): Record<string, never>;
}

/** What the package exports; it has no types of its own. */
type Load = (options: EmscriptenOptions) => Promise<{ readonly Database: new () => Database }>;

/** Fills two tables, asks a question, and is refused a duplicate. */
export const sqlite: RealProgram = {
  name: "SQLite (sql.js) answers a query",
  output: `api 1000 4.999 10 20 2
images 1000 4.998 10 20 3
router 1000 5.008 10 20 1
Error: UNIQUE constraint failed: service.name`,
  async run(instantiate) {
    const bytes = await readPackageFile("sql.js/dist/sql-wasm.wasm");
    const library = await new Promise<{ readonly Database: new () => Database }>(
      (resolve, reject) => {
        const instantiateWasm: EmscriptenOptions["instantiateWasm"] = (imports, receive) => {
          instantiate(bytes, imports).then(instanceFrom).then(receive).catch(reject);
          return {};
        };
        freshRequire<Load>("sql.js")({ instantiateWasm }).then(resolve, reject);
      },
    );
    const database = new library.Database();
    database.run(statements);
    const lines = database.exec(query).flatMap(({ values }) => values.map((row) => row.join(" ")));
    try {
      database.run("insert into service (name) values ('api')");
    } catch (error) {
      lines.push(String(error));
    }
    database.close();
    return lines.join("\n");
  },
};
