/* Fibonacci numbers by double recursion: nothing but calls. */
#include "kernel.h"

static NOINLINE u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

unsigned run(void) { return fibonacci(34); }
