import assert from "node:assert/strict";
import { wasiPreview1 } from "./preview1.ts";

/** wasi_snapshot_preview1.witx, lowered to core types: i is i32, I is i64. */
const signatures = `
  args_get ii             args_sizes_get ii         environ_get ii          environ_sizes_get ii
  clock_res_get ii        clock_time_get iIi        fd_advise iIIi          fd_allocate iII
  fd_close i              fd_datasync i             fd_fdstat_get ii        fd_fdstat_set_flags ii
  fd_fdstat_set_rights iII                          fd_filestat_get ii      fd_filestat_set_size iI
  fd_filestat_set_times iIIi                        fd_pread iiiIi          fd_prestat_get ii
  fd_prestat_dir_name iii fd_pwrite iiiIi           fd_read iiii            fd_readdir iiiIi
  fd_renumber ii          fd_seek iIii              fd_sync i               fd_tell ii
  fd_write iiii           path_create_directory iii path_filestat_get iiiii
  path_filestat_set_times iiiiIIi                   path_link iiiiiii       path_open iiiiiIIii
  path_readlink iiiiii    path_remove_directory iii path_rename iiiiii      path_symlink iiiii
  path_unlink_file iii    poll_oneoff iiii          proc_exit i             proc_raise i
  sched_yield -           random_get ii             sock_accept iii         sock_recv iiiiii
  sock_send iiiii         sock_shutdown ii`;

Deno.test("every function of preview 1 is there, with its signature", () => {
  const words = signatures.trim().split(/\s+/);
  const expected = new Map<string, string>();
  for (let index = 0; index < words.length; index += 2) {
    expected.set(words[index] ?? "", (words[index + 1] ?? "").replace("-", ""));
  }
  assert.equal(expected.size, 46);
  const actual = new Map(
    Object.entries(wasiPreview1.functions).map(([name, { params, results }]) => {
      assert.deepEqual(results, name === "proc_exit" ? [] : ["i32"], name);
      return [name, params.map((type) => type === "i64" ? "I" : "i").join("")];
    }),
  );
  assert.deepEqual([...actual].sort(), [...expected].sort());
  assert.equal(wasiPreview1.module, "wasi_snapshot_preview1");
});

Deno.test("only what may wait can suspend the guest", () => {
  const suspends = Object.entries(wasiPreview1.functions).filter(([, one]) => one.suspends);
  const names = suspends.map(([name]) => name).sort();
  assert.deepEqual(names, [
    ...["fd_pread", "fd_pwrite", "fd_read", "fd_readdir", "fd_write"],
    ...["poll_oneoff", "random_get", "sched_yield"],
    ...["sock_accept", "sock_recv", "sock_send", "sock_shutdown"],
  ]);
});
