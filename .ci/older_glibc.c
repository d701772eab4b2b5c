// For `.ci/package`: what libraries ask glibc 2.35 and newer for, so that the program also runs on 2.34.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>

#if __GLIBC_PREREQ(2, 35)

typedef struct {
  uintptr_t address;
  struct dl_find_object *found;
} search;

/// Ends the search with 1 at the object that holds the address.
static int look(struct dl_phdr_info *object, size_t size, void *argument) {
  (void)size;
  search *search = argument;
  uintptr_t start = 0, end = 0, frames = 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[i];
    const uintptr_t from = object->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_GNU_EH_FRAME) frames = from;
    if (part->p_type == PT_LOAD && search->address >= from && search->address - from < part->p_memsz) {
      start = from;
      end = from + part->p_memsz;
    }
  }
  if (end == 0) return 0;
  if (frames == 0) return -1;
  *search->found = (struct dl_find_object){
      .dlfo_map_start = (void *)start, .dlfo_map_end = (void *)end, .dlfo_eh_frame = (void *)frames};
  return 1;
}

/// What GCC's unwinder asks.
///
/// - Returns: 0 where an object with frames holds the address, -1 otherwise.
int _dl_find_object(void *address, struct dl_find_object *found) {
  search search = {(uintptr_t)address, found};
  return dl_iterate_phdr(look, &search) == 1 ? 0 : -1;
}

// Both got a new version with 2.35; this names the first one, which stays.
#if defined(__x86_64__)
#define FIRST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST "GLIBC_2.17"
#endif
__asm__(".symver first_hypot, hypot@" FIRST);
__asm__(".symver first_hypotf, hypotf@" FIRST);
double first_hypot(double, double);
float first_hypotf(float, float);

double hypot(double a, double b) { return first_hypot(a, b); }
float hypotf(float a, float b) { return first_hypotf(a, b); }

#endif
