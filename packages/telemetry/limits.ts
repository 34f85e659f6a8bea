/** The bounds of what is counted, kept and sent on. Names end in their unit. */
export const telemetryLimits = {
  /** Services that are counted by their names; those beyond are counted together, as `other`. */
  servicesMax: 10_000,
  /** Statuses of refusals that are told apart. */
  refusedStatusesMax: 64,
  /** After so many deltas in a row without a request a thread keeps nothing of a service. */
  idleDeltasMax: 60,
  /** For how long the peak of a service's memory is told at least; at most twice as long. */
  peakMsMin: 60_000,
} as const;
