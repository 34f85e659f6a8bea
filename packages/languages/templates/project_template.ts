/** What a language's template says. */
export interface ProjectTemplate {
  /** The language's name for people. */
  readonly title: string;
  /** Sources by relative path, the entry first. */
  readonly sources: ReadonlyMap<string, string>;
  /** A paragraph for the README: how a request reaches the program, and how it answers. */
  readonly note: string;
}

/** How CGI looks from a program that reads its environment itself. */
export const cgiNote =
  "The request is in the environment (`REQUEST_METHOD`, `PATH_INFO`, `QUERY_STRING`, `HTTP_…`: CGI, RFC 3875)\n" +
  "and its body on stdin. The answer goes to stdout: header lines, an empty line, the body. What is written to\n" +
  "stderr ends up in the log.";
