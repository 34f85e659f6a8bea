/** docs/writing-services.md, as somebody follows it who copies every command. */

import { root } from "../end_to_end/skerry.ts";
import { followPage } from "./document_shell.ts";

const page = await Deno.readTextFile(`${root}/docs/writing-services.md`);

Deno.test("every command of docs/writing-services.md does what the page says", () =>
  followPage(page, 2));
