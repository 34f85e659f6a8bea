/** A text for each number from 0, one after the other. */
export function repeatedText(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join("\n");
}
