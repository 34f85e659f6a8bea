/* JSON (RFC 8259): a tree from text, by recursive descent, and the text again. Branches, small allocations. */
#include "kernel.h"

typedef enum { NONE, FALSE, TRUE, NUMBER, STRING, ARRAY, OBJECT } Kind;

typedef struct Value {
  Kind kind;
  u32 length; /* of the text */
  const char *text;
  double number;
  const char *name; /* of a member */
  u32 name_length;
  struct Value *first, *next;
} Value;

static Value arena[40000];
static u32 used;
static char source[400000], printed[400000];
static const char *at;
static char *out;

static void skip_space(void) {
  while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
}

static u32 parse_string(const char **text) {
  *text = ++at;
  while (*at != '"') at += *at == '\\' ? 2 : 1;
  return (u32)(at++ - *text);
}

static double parse_number(void) {
  double value = 0, scale = 1;
  int negative = *at == '-';
  if (negative) at++;
  for (; *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
  if (*at == '.') {
    for (at++; *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0'), scale *= 10;
  }
  return (negative ? -value : value) / scale;
}

/* Gives NULL where the text is not JSON. */
static Value *parse_value(void) {
  Value *value = &arena[used++];
  *value = (Value){0};
  skip_space();
  switch (*at) {
    case '"':
      value->kind = STRING;
      value->length = parse_string(&value->text);
      break;
    case '[':
    case '{': {
      char close = *at++ == '[' ? ']' : '}';
      value->kind = close == ']' ? ARRAY : OBJECT;
      Value **last = &value->first;
      for (skip_space(); *at != close; skip_space()) {
        const char *name = NULL;
        u32 name_length = 0;
        if (close == '}') {
          if (*at != '"') return NULL;
          name_length = parse_string(&name);
          skip_space();
          if (*at++ != ':') return NULL;
        }
        Value *member = parse_value();
        if (member == NULL) return NULL;
        member->name = name;
        member->name_length = name_length;
        *last = member;
        last = &member->next;
        skip_space();
        if (*at == ',') at++;
        else if (*at != close) return NULL;
      }
      at++;
      break;
    }
    case 't': value->kind = TRUE; at += 4; break;
    case 'f': value->kind = FALSE; at += 5; break;
    case 'n': value->kind = NONE; at += 4; break;
    default:
      if (*at != '-' && (*at < '0' || *at > '9')) return NULL;
      value->kind = NUMBER;
      value->number = parse_number();
  }
  skip_space();
  return value;
}

static void print_text(const char *text, u32 length) {
  for (u32 i = 0; i < length; i++) *out++ = text[i];
}

#define PRINT(literal) print_text(literal, sizeof(literal) - 1)

static void print_quoted(const char *text, u32 length) {
  *out++ = '"';
  print_text(text, length);
  *out++ = '"';
}

/* Three decimals, which is all that the source has. */
static void print_number(double value) {
  char digits[24];
  int count = 0;
  if (value < 0) *out++ = '-', value = -value;
  u64 thousandths = (u64)(value * 1000 + 0.5);
  do {
    if (count == 3) digits[count++] = '.';
    digits[count++] = (char)('0' + thousandths % 10);
    thousandths /= 10;
  } while (thousandths > 0 || count < 5);
  while (count > 0) *out++ = digits[--count];
}

static void print_value(const Value *value) {
  static const char *const words[] = {"null", "false", "true"};
  switch (value->kind) {
    case NONE:
    case FALSE:
    case TRUE: print_text(words[value->kind], (u32)(value->kind == FALSE ? 5 : 4)); break;
    case NUMBER: print_number(value->number); break;
    case STRING: print_quoted(value->text, value->length); break;
    case ARRAY:
    case OBJECT:
      *out++ = value->kind == ARRAY ? '[' : '{';
      for (const Value *member = value->first; member != NULL; member = member->next) {
        if (member != value->first) *out++ = ',';
        if (value->kind == OBJECT) {
          print_quoted(member->name, member->name_length);
          *out++ = ':';
        }
        print_value(member);
      }
      *out++ = value->kind == ARRAY ? ']' : '}';
  }
}

/* An array of records, with white space where the printer leaves none. */
static void write_source(void) {
  u32 random = 1566083941u;
  out = source;
  *out++ = '[';
  for (u32 i = 0; i < 1500; i++) {
    if (i > 0) PRINT(" ,\n  ");
    PRINT("{ \"id\": ");
    print_number(i);
    PRINT(", \"name\" : \"reef \\\"\\u00e9\", \"at\": [");
    for (u32 axis = 0; axis < 3; axis++) {
      if (axis > 0) *out++ = ',';
      print_number(((double)(next_random(&random) % 2000001) - 1000000) / 1000);
    }
    PRINT("],\"tags\":[\"a\", true ,null,{}], \"empty\": [ ] , \"no\":false}\n");
  }
  *out++ = ']';
  *out = 0;
}

unsigned run(void) {
  write_source();
  u32 sum = 1;
  for (u32 round = 0; round < 28; round++) {
    used = 0;
    at = source;
    Value *root = parse_value();
    if (root == NULL || *at != 0) return 0;
    out = printed;
    print_value(root);
    sum = mix(sum, (u32)(out - printed) + used);
    /* What was printed is the next source. */
    memcpy(source, printed, (size_t)(out - printed));
    source[out - printed] = 0;
  }
  return mix_bytes(sum, (const u8 *)printed, (size_t)(out - printed));
}
