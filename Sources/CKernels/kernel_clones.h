#pragma once

// A function that is compiled for each kind of processor; which one runs is found out when the program starts.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif
// What kernels share is compiled with each of them.
#define INLINED static inline __attribute__((always_inline))
