// What this processor can do. Detected once on the boot core; all cores are taken to be alike.
#pragma once

#include <cstdint>

namespace hermit::arch {

struct Features {
    char vendor[13];
    char model[49]; // brand string, blanks trimmed; empty if there is none
    std::uint8_t physical_address_bits;
    std::uint8_t linear_address_bits;
    bool hypervisor;
    bool x2apic;
    bool tsc_deadline;
    bool invariant_tsc;
    bool fsgsbase;
    bool xsave;
    bool gib_pages;
    bool rdrand;
    bool fast_strings; // rep stos and rep movs are the fastest way to fill and copy
    bool smi_count;    // MSR_SMI_COUNT, by the model: it may still be missing
};

/// Fills in the features. Boot core, once, before anything else asks.
void detect_features();

/// The features found; valid after `detect_features`.
const Features& features();

/// Writes the processor's report to the log, in the manner of [thesis] appendix B.
void report_features();

} // namespace hermit::arch
