/** The languages that can be built here, with nothing but npm packages. */

/** Every language, in the order in which they are offered. */
export const languages = ["c", "cpp", "assemblyscript", "wat", "javascript"] as const;

/** A source language. */
export type Language = (typeof languages)[number];
