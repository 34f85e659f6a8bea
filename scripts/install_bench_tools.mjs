// Installs what `npm run bench -- http` and `-- sandbox` run beside Skerry, from Debian's packages where it may: a load
// generator, the command that keeps a process on one core, and containers. Plain Node without dependencies, as the
// other scripts.

import { installPackage } from "./debian.mjs";

installPackage("wrk", ["wrk"]);
installPackage("util-linux", ["taskset"]);
installPackage("bubblewrap", ["bwrap"]);
