/* An interpreter of bytecode with a stack and a switch: indirect jumps in one long loop. */
#include "kernel.h"

typedef enum { HALT, PUSH, LOAD, STORE, ADD, SUB, MUL, MOD, LESS, JUMP, JUMP_IF_ZERO, FETCH, PUT, DUP, SHIFT, XOR } Op;

static i32 stack[64], variables[8], memory[1024];

static i32 interpret(const i32 *code) {
  i32 *top = stack; /* the first free place */
  for (const i32 *at = code;;) {
    switch ((Op)*at++) {
      case HALT: return top[-1];
      case PUSH: *top++ = *at++; break;
      case LOAD: *top++ = variables[*at++]; break;
      case STORE: variables[*at++] = *--top; break;
      case ADD: top--, top[-1] = (i32)((u32)top[-1] + (u32)*top); break;
      case SUB: top--, top[-1] = (i32)((u32)top[-1] - (u32)*top); break;
      case MUL: top--, top[-1] = (i32)((u32)top[-1] * (u32)*top); break;
      case MOD: top--, top[-1] = (i32)((u32)top[-1] % (u32)*top); break;
      case LESS: top--, top[-1] = (u32)top[-1] < (u32)*top; break;
      case JUMP: at = code + *at; break;
      case JUMP_IF_ZERO: at = *--top == 0 ? code + *at : at + 1; break;
      case FETCH: top[-1] = memory[top[-1] & 1023]; break;
      case PUT: top -= 2, memory[*top & 1023] = top[1]; break;
      case DUP: *top = top[-1], top++; break;
      case SHIFT: top[-1] = (i32)((u32)top[-1] >> *at++); break;
      case XOR: top--, top[-1] ^= *top; break;
    }
  }
}

/* for (i = 0; i < 500000; i++) { x = x * 1103515245 + 12345; m[x >> 16] += i; sum ^= m[i] % 1009; } */
static const i32 program[] = {
    PUSH, 0, STORE, 0,                                             /* 0: i = 0 */
    LOAD, 0, PUSH, 500000, LESS, JUMP_IF_ZERO, 54,                 /* 4: i < 500000 */
    LOAD, 1, PUSH, 1103515245, MUL, PUSH, 12345, ADD, DUP, STORE, 1, /* 11: x = x * a + c */
    SHIFT, 16, DUP, STORE, 3, LOAD, 3, FETCH, LOAD, 0, ADD, PUT,   /* 22: m[x >> 16] += i */
    LOAD, 0, FETCH, PUSH, 1009, MOD, LOAD, 2, XOR, STORE, 2,       /* 34: sum ^= m[i] % 1009 */
    LOAD, 0, PUSH, 1, ADD, STORE, 0, JUMP, 4,                      /* 45: i++ */
    LOAD, 2, HALT,                                                 /* 54 */
};

unsigned run(void) {
  memset(memory, 0, sizeof memory);
  memset(variables, 0, sizeof variables);
  variables[1] = 42;
  u32 sum = mix(1, (u32)interpret(program));
  return mix_bytes(sum, (const u8 *)memory, sizeof memory);
}
