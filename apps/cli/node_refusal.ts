/** What a node refuses (RFC 9457), as an operating error: what, where, and what to do. */

import { formatDiagnostic, SkerryError } from "@skerry/base";
import { type AnswerOf, readAnswer } from "@skerry/control";

/** Problem details, as far as an answer has them. */
export type Problem = Partial<AnswerOf<"problem">>;

/** What is read of an answer that is a refusal. */
const refusalBytesMax = 64 * 1024;

/** A node that answered, but not as it was hoped. */
export class NodeRefusal extends SkerryError {
  readonly status: number;
  readonly problem: Problem;

  constructor(url: string, status: number, problem: Problem) {
    const { code, detail, title, remedy = remedyFor(status, code) } = problem;
    const what = [status, code].filter((part) => part !== undefined).join(" ");
    const why = detail ?? title ?? "it does not say why";
    const lines = [...mistakes(problem), ...diagnostics(problem)].map((line) =>
      `\n        ${line}`
    );
    super("SKERRY_NODE_FAILED", `the node answers ${what}: ${why}${lines.join("")}`, {
      where: url,
      ...(remedy !== undefined && { remedy }),
    });
    this.status = status;
    this.problem = problem;
  }

  /** Reads a refusal, whatever it is: perhaps it is not the admin API that answers here. */
  static async from(url: string, response: Response): Promise<NodeRefusal> {
    const text = await beginningOf(response);
    return new NodeRefusal(url, response.status, problemOf(text));
  }
}

function mistakes({ mistakes = [] }: Problem): string[] {
  return mistakes.map(({ path, message }) => path === "" ? message : `${path}: ${message}`);
}

function diagnostics({ diagnostics = [] }: Problem): string[] {
  return diagnostics.map((diagnostic) => formatDiagnostic("the module", diagnostic));
}

function remedyFor(status: number, code: string | undefined): string | undefined {
  if (code === "SKERRY_QUOTA_USED_UP") {
    return "remove what is not needed, or ask for a higher bound";
  }
  if (code === "SKERRY_HOST_TAKEN") return "choose another host or path";
  switch (status) {
    case 401:
    case 403:
      return "hand over a token that is valid and allows this, by --token-file or SKERRY_TOKEN";
    case 404:
      return "check the name; `skerry services` and `skerry versions list` show what there is";
    case 409:
      return "look at what there is with `skerry services` and `skerry versions list`";
    case 412:
      return "look at what it has become, and try again";
    case 422:
      return "correct the program as is said above, and deploy it again";
    case 429:
    case 503:
      return "try again in a moment";
    default:
      return status < 500 ? "correct what is named above" : undefined;
  }
}

function problemOf(text: string): Problem {
  const value = parsed(text);
  const problem = readAnswer("problem", value);
  if (problem.ok) return problem.value;
  const { detail, title } = value as Record<string, unknown>;
  return {
    ...(typeof detail === "string" && { detail }),
    ...(typeof title === "string" && { title }),
  };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > refusalBytesMax) break;
  }
  return text;
}
