/* An interpreter of the language of eight commands (U. Müller, 1993): chains of unpredictable tiny steps. */
#include "kernel.h"

/* Cell 0 counts to 256. In each step cell 4 gets 8 * 8 * 4 more, by way of cell 3, and is put out. */
static const char program[] = "+[>++++++++[>++++++++[>+++>+<<-]>>[<+>-]<[>+<-]<<-]>>>.<<<<+]";

static u8 tape[512], output[4096];
static u16 jumps[sizeof program];

static u32 interpret(void) {
  u32 pointer = 0, written = 0, steps = 0;
  for (u32 at = 0; program[at] != 0; at++, steps++) {
    switch (program[at]) {
      case '>': pointer = (pointer + 1) & 511; break;
      case '<': pointer = (pointer - 1) & 511; break;
      case '+': tape[pointer]++; break;
      case '-': tape[pointer]--; break;
      case '.': output[written++ & 4095] = tape[pointer]; break;
      case '[':
        if (tape[pointer] == 0) at = jumps[at];
        break;
      case ']':
        if (tape[pointer] != 0) at = jumps[at];
        break;
    }
  }
  return mix(steps, written);
}

unsigned run(void) {
  u16 open[64];
  u32 depth = 0;
  memset(tape, 0, sizeof tape);
  memset(output, 0, sizeof output);
  for (u32 at = 0; program[at] != 0; at++) {
    if (program[at] == '[') open[depth++] = (u16)at;
    if (program[at] != ']') continue;
    jumps[at] = open[--depth];
    jumps[open[depth]] = (u16)at;
  }
  u32 sum = 1;
  for (u32 round = 0; round < 4; round++) sum = mix(sum, interpret());
  return mix_bytes(mix_bytes(sum, tape, sizeof tape), output, sizeof output);
}
