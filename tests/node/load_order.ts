/** What a load is told to ask, and what it tells of what came. */

/** A service that is asked again and again. */
export interface Target {
  readonly host: string;
  readonly path: string;
  /** What every one of its answers must be: 200 with a body that fits. */
  readonly body: RegExp;
  /** Whether connections are used again, or each request has its own. */
  readonly keepsAlive: boolean;
}

/** What is asked. */
export interface LoadOrder {
  readonly port: number;
  readonly targets: readonly Target[];
  /** To all targets together. Each is sent when it is its time, whoever still waits: a slow node is not spared. */
  readonly requestsPerSecond: number;
  /** To each target. Where none is free a request waits for one, and its wait counts. */
  readonly connectionsMax: number;
  /** How long an answer may take, in milliseconds. */
  readonly answerMsMax: number;
}

/** An answer that was none, or not the one that was to be. */
export interface Failure {
  readonly target: string;
  readonly why: string;
  /** The client's port: by it one knows which cell had its connection. */
  readonly port: number;
  /** Whether its connection broke, rather than to have brought a wrong answer. */
  readonly isBroken: boolean;
}

/** What came of a target's requests. */
export interface TargetReport {
  readonly host: string;
  /** What answers took from the time at which they were to be asked for, in milliseconds. */
  readonly timesMs: readonly number[];
  /** How often each body came. */
  readonly bodies: ReadonlyMap<string, number>;
}

/** What came of all. */
export interface LoadReport {
  readonly targets: readonly TargetReport[];
  readonly failures: readonly Failure[];
  /** Good answers in each second, of those that came before the load was ended. */
  readonly answersPerSecond: number;
}
