/* Regular expressions by simulation of a nondeterministic automaton (K. Thompson, 1968), with sets of states. */
#include "kernel.h"

/* A state: eats a character, splits in two, or accepts. */
enum { ANY = 256, SPLIT, ACCEPT };

typedef struct {
  u32 eats;
  u32 next, other;
} State;

#define STATES 256

static State states[STATES];
static u32 state_count;
static const char *pattern;

typedef struct {
  u32 count;
  u32 members[STATES];
} Set;

static Set current, following;
static u32 stamps[STATES], stamp;

/* Compiles from the end to the start: each function is given the state that follows, and gives its own. */
static u32 add_state(u32 eats, u32 next, u32 other) {
  states[state_count] = (State){eats, next, other};
  return state_count++;
}

static u32 compile_choice(const char *from, const char *to, u32 after);

static const char *atom_end(const char *at) {
  if (*at != '(') return at + 1;
  for (u32 depth = 0;; at++) {
    if (*at == '(') depth++;
    if (*at == ')' && --depth == 0) return at + 1;
  }
}

static u32 compile_atom(const char *from, const char *to, u32 after) {
  if (*from == '(') return compile_choice(from + 1, to - 1, after);
  return add_state(*from == '.' ? ANY : (u8)*from, after, 0);
}

static u32 compile_sequence(const char *from, const char *to, u32 after) {
  if (from == to) return after;
  const char *end = atom_end(from);
  char repeat = end < to && (*end == '*' || *end == '+' || *end == '?') ? *end : 0;
  u32 rest = compile_sequence(end + (repeat != 0), to, after);
  if (repeat == 0) return compile_atom(from, end, rest);
  if (repeat == '?') return add_state(SPLIT, compile_atom(from, end, rest), rest);
  u32 loop = add_state(SPLIT, 0, rest);
  u32 body = compile_atom(from, end, loop);
  states[loop].next = body;
  return repeat == '*' ? loop : body;
}

static u32 compile_choice(const char *from, const char *to, u32 after) {
  const char *bar = from;
  while (bar < to && *bar != '|') bar = atom_end(bar);
  u32 first = compile_sequence(from, bar, after);
  return bar == to ? first : add_state(SPLIT, first, compile_choice(bar + 1, to, after));
}

static void enter(Set *set, u32 state) {
  if (stamps[state] == stamp) return;
  stamps[state] = stamp;
  if (states[state].eats == SPLIT) {
    enter(set, states[state].next);
    enter(set, states[state].other);
  } else {
    set->members[set->count++] = state;
  }
}

/* How many places of the text a match may end at; matches may begin anywhere. */
static u32 count_ends(u32 start, const u8 *text, u32 length) {
  Set *now = &current, *then = &following;
  u32 ends = 0;
  now->count = 0;
  for (u32 at = 0; at < length; at++) {
    stamp++;
    for (u32 i = 0; i < now->count; i++) stamps[now->members[i]] = stamp;
    enter(now, start);
    stamp++;
    then->count = 0;
    for (u32 i = 0; i < now->count; i++) {
      State state = states[now->members[i]];
      if (state.eats == ANY || state.eats == text[at]) enter(then, state.next);
    }
    for (u32 i = 0; i < then->count; i++) ends += states[then->members[i]].eats == ACCEPT;
    Set *swapped = now;
    now = then;
    then = swapped;
  }
  return ends;
}

static u8 text[120000];

unsigned run(void) {
  static const char *const patterns[] = {
      "(a|b)*abb", "a?a?a?a?a?a?aaaaaa", "(ab|ba)+c(d|e)*", "a.b.c.d", "((a+b?)*c)+d", "(abc|abd|acd|bcd)+e?"};
  u32 random = 1103515245u, sum = 1;
  for (u32 i = 0; i < sizeof text; i++) text[i] = (u8)('a' + next_random(&random) % 5);
  memset(stamps, 0, sizeof stamps);
  stamp = 0;
  for (u32 i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    state_count = 0;
    pattern = patterns[i];
    const char *end = pattern;
    while (*end != 0) end++;
    u32 start = compile_choice(pattern, end, add_state(ACCEPT, 0, 0));
    sum = mix(mix(sum, state_count), count_ends(start, text, sizeof text));
  }
  return sum;
}
