/** What kinds of files there are. */

/** `$filetype` of typenames.witx. */
export const fileTypes = {
  unknown: 0,
  blockDevice: 1,
  characterDevice: 2,
  directory: 3,
  regularFile: 4,
  socketDatagram: 5,
  socketStream: 6,
  symbolicLink: 7,
} as const;

/** A name out of {@link fileTypes}. */
export type FileType = keyof typeof fileTypes;
