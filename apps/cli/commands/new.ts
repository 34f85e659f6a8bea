/** `skerry new`: a project that builds and serves at once. */

import { SkerryError } from "@skerry/base";
import { type Language, languages, template } from "@skerry/languages";
import { exists, writeFile } from "@skerry/platform";
import { Command, Option } from "commander";
import { note } from "../output.ts";

/** The verb. */
export function newCommand(): Command {
  return new Command("new")
    .summary("make a project that builds and serves at once")
    .description("Makes a folder NAME with a program that answers HTTP, and its manifest.")
    .argument("<name>", "the program's and the folder's name")
    .addOption(
      new Option("--language <language>", "what to write it in").choices([...languages])
        .makeOptionMandatory(),
    )
    .action(async (name: string, { language }: { language: Language }) => {
      if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
        throw new SkerryError("SKERRY_USAGE", `"${name}" is no name for a program`, {
          remedy: "use 1 to 63 of a-z, 0-9 and inner hyphens",
        });
      }
      if (await exists(name)) {
        throw new SkerryError(
          "SKERRY_FILE_UNWRITABLE",
          "it exists already, and nothing in it was changed",
          {
            where: name,
            remedy: "choose another name, or remove it",
          },
        );
      }
      for (const [path, content] of template(language, name)) {
        await writeFile(`${name}/${path}`, content);
      }
      note(
        `Made ${name}/. Next, to serve it and see each edit at once:\n\n  npx skerry dev ${name}\n  curl http://127.0.0.1:7676/`,
      );
    });
}
