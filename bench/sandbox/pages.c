/* A small program that writes about thirty pages of 4 KiB: most of its buffers, some of its stack.
   It answers how often it was called, or -1 where a page is not as at its start. */

#define PAGE 4096
#define PAGES 26
#define MARK 17

__attribute__((import_module("bench"), import_name("wait"))) int wait_for(int id);

static unsigned char buffers[PAGES * PAGE];
static int calls = 0;

__attribute__((export_name("run"))) int run(void) {
  volatile unsigned char scratch[2 * PAGE];
  int found = 0;
  for (int page = 0; page < PAGES; page++) {
    unsigned char *place = buffers + page * PAGE + MARK;
    found |= *place;
    *place = (unsigned char)(page + 1);
  }
  scratch[0] = 1;
  scratch[PAGE] = 1;
  calls += 1;
  return found == 0 ? calls : -1;
}

/* Writes, waits for the host, and answers with what it wrote and what it was told. */
__attribute__((export_name("hold"))) int hold(int id) {
  if (run() != 1) return -1;
  int told = wait_for(id);
  int sum = 0;
  for (int page = 0; page < PAGES; page++) sum += buffers[page * PAGE + MARK];
  return sum == PAGES * (PAGES + 1) / 2 ? told + id : -1;
}

/* Computes for about so many thousands of steps. */
__attribute__((export_name("compute"))) unsigned compute(unsigned thousands) {
  unsigned x = 1;
  for (unsigned step = 0; step < thousands * 1000; step++) x = x * 1664525u + 1013904223u;
  return x;
}

/* Never ends by itself. */
__attribute__((export_name("spin"))) unsigned spin(void) {
  volatile unsigned x = 1;
  for (;;) x = x * 1664525u + 1013904223u;
}
