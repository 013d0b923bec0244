#include <arch/features.hpp>

#include <arch/cpuid.hpp>
#include <arch/ledger.hpp>
#include <base/log.hpp>

#include <cstddef>

namespace hermit::arch {
namespace {

Features detected;

constexpr std::uint32_t kExtended = 0x8000'0000;

bool bit(std::uint32_t word, unsigned number) { return ((word >> number) & 1) != 0; }

void store(char* to, std::uint32_t word) {
    for (unsigned i = 0; i < 4; ++i) {
        to[i] = static_cast<char>(word >> (8 * i));
    }
}

/// The brand string, [intel/vol2] CPUID leaves 0x80000002 to 4, without the blanks around it.
void read_brand_string(char (&model)[49]) {
    char raw[48];
    for (std::uint32_t i = 0; i < 3; ++i) {
        const CpuidResult part = cpuid(kExtended + 2 + i);
        store(raw + 16 * i, part.eax);
        store(raw + 16 * i + 4, part.ebx);
        store(raw + 16 * i + 8, part.ecx);
        store(raw + 16 * i + 12, part.edx);
    }
    std::size_t first = 0;
    while (first < sizeof(raw) && raw[first] == ' ') {
        ++first;
    }
    std::size_t length = 0;
    for (std::size_t i = first; i < sizeof(raw) && raw[i] != '\0'; ++i) {
        model[length++] = raw[i];
    }
    while (length > 0 && model[length - 1] == ' ') {
        --length;
    }
    model[length] = '\0';
}

/// A feature that the report names: a bit of one of the registers read below.
struct NamedBit {
    const char* name;
    std::uint8_t word;
    std::uint8_t bit;
};

enum Word : std::uint8_t { kLeaf1Ecx, kLeaf1Edx, kLeaf7Ebx, kExtendedEcx, kExtendedEdx, kWords };

constexpr NamedBit kNamedBits[] = {
    {"MCE", kLeaf1Edx, 7},      {"MMX", kLeaf1Edx, 23},       {"FXSR", kLeaf1Edx, 24},
    {"SSE", kLeaf1Edx, 25},     {"SSE2", kLeaf1Edx, 26},      {"SSE3", kLeaf1Ecx, 0},
    {"SSSE3", kLeaf1Ecx, 9},    {"SSE4.1", kLeaf1Ecx, 19},    {"SSE4.2", kLeaf1Ecx, 20},
    {"AVX", kLeaf1Ecx, 28},     {"FMA", kLeaf1Ecx, 12},       {"AVX2", kLeaf7Ebx, 5},
    {"AVX512F", kLeaf7Ebx, 16}, {"BMI1", kLeaf7Ebx, 3},       {"BMI2", kLeaf7Ebx, 8},
    {"POPCNT", kLeaf1Ecx, 23},  {"AESNI", kLeaf1Ecx, 25},     {"PCLMULQDQ", kLeaf1Ecx, 1},
    {"MOVBE", kLeaf1Ecx, 22},   {"F16C", kLeaf1Ecx, 29},      {"RDRAND", kLeaf1Ecx, 30},
    {"RDSEED", kLeaf7Ebx, 18},  {"EIST", kLeaf1Ecx, 7},       {"VMX", kLeaf1Ecx, 5},
    {"SVM", kExtendedEcx, 2},   {"RDTSCP", kExtendedEdx, 27}, {"MWAIT", kLeaf1Ecx, 3},
    {"CLFLUSH", kLeaf1Edx, 19}, {"X2APIC", kLeaf1Ecx, 21},    {"TSC-DEADLINE", kLeaf1Ecx, 24},
    {"FSGSBASE", kLeaf7Ebx, 0}, {"XSAVE", kLeaf1Ecx, 26},     {"NX", kExtendedEdx, 20},
    {"DCA", kLeaf1Ecx, 18},
};

std::uint32_t words[kWords];

} // namespace

void detect_features() {
    const CpuidResult root = cpuid(0);
    store(detected.vendor, root.ebx);
    store(detected.vendor + 4, root.edx);
    store(detected.vendor + 8, root.ecx);

    const CpuidResult leaf1 = cpuid(1);
    words[kLeaf1Ecx] = leaf1.ecx;
    words[kLeaf1Edx] = leaf1.edx;
    if (root.eax >= 7) {
        words[kLeaf7Ebx] = cpuid(7).ebx;
    }
    const std::uint32_t highest = cpuid(kExtended).eax;
    const CpuidResult extended = cpuid(kExtended + 1); // long mode implies the leaf
    words[kExtendedEcx] = extended.ecx;
    words[kExtendedEdx] = extended.edx;

    detected.x2apic = bit(leaf1.ecx, 21);
    detected.tsc_deadline = bit(leaf1.ecx, 24);
    detected.xsave = bit(leaf1.ecx, 26);
    detected.rdrand = bit(leaf1.ecx, 30);
    detected.hypervisor = bit(leaf1.ecx, 31);
    detected.smi_count = counts_system_management(detected.vendor, leaf1.eax, detected.hypervisor);
    detected.fsgsbase = bit(words[kLeaf7Ebx], 0);
    detected.fast_strings = bit(words[kLeaf7Ebx], 9); // ERMS
    detected.gib_pages = bit(extended.edx, 26);
    if (highest >= kExtended + 4) {
        read_brand_string(detected.model);
    }
    detected.invariant_tsc = highest >= kExtended + 7 && bit(cpuid(kExtended + 7).edx, 8);
    detected.physical_address_bits = 36;
    detected.linear_address_bits = 48;
    if (highest >= kExtended + 8) {
        const std::uint32_t sizes = cpuid(kExtended + 8).eax;
        detected.physical_address_bits = static_cast<std::uint8_t>(sizes);
        detected.linear_address_bits = static_cast<std::uint8_t>(sizes >> 8);
    }
}

const Features& features() { return detected; }

void report_features() {
    TextBuffer<400> list;
    for (const NamedBit& named : kNamedBits) {
        if (bit(words[named.word], named.bit)) {
            format_to(list, "{} ", named.name);
        }
    }
    log::info("Model:                  {}",
              detected.model[0] != '\0' ? detected.model : detected.vendor);
    log::info("Features:               {}", list.c_str());
    log::info("Physical Address Width: {} bits", detected.physical_address_bits);
    log::info("Linear Address Width:   {} bits", detected.linear_address_bits);
    log::info("Supports 1GiB Pages:    {}", detected.gib_pages ? "Yes" : "No");
}

} // namespace hermit::arch
