/** Whether a backend answers its health request, as values: some answers in a row change what is thought of it. */

/** What is known. */
export interface Health {
  readonly isHealthy: boolean;
  /** Answers in a row that say otherwise. */
  readonly against: number;
}

/** A backend is thought well of until it proves otherwise. */
export const healthyAtFirst: Health = { isHealthy: true, against: 0 };

/** After one more answer. */
export function nextHealth(health: Health, isGood: boolean, turns: number): Health {
  if (isGood === health.isHealthy) {
    return health.against === 0 ? health : { ...health, against: 0 };
  }
  const against = health.against + 1;
  return against < turns ? { ...health, against } : { isHealthy: isGood, against: 0 };
}
