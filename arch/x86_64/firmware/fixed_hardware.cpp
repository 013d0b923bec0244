#include <arch/firmware/fixed_hardware.hpp>

namespace hermit::arch::firmware {
namespace {

using Space = RegisterAddress::Space;

// Offsets in the FADT. [acpi/6.5] table 5.9.
constexpr std::uint32_t kDsdt = 40;
constexpr std::uint32_t kSmiCommand = 48;
constexpr std::uint32_t kAcpiEnable = 52;
constexpr std::uint32_t kPm1aControl = 64;
constexpr std::uint32_t kPm1bControl = 68;
constexpr std::uint32_t kPmTimer = 76;
constexpr std::uint32_t kBootFlags = 109;
constexpr std::uint32_t kFlags = 112;
constexpr std::uint32_t kFirstVersionBytes = 116;
constexpr std::uint32_t kResetRegister = 116;
constexpr std::uint32_t kResetValue = 128;
constexpr std::uint32_t kXDsdt = 140;
constexpr std::uint32_t kXPm1aControl = 172;
constexpr std::uint32_t kXPm1bControl = 184;
constexpr std::uint32_t kXPmTimer = 208;
constexpr std::uint32_t kSleepControl = 244;

constexpr std::uint32_t kTimerIs32Bits = 1 << 8;
constexpr std::uint32_t kResetSupported = 1 << 10;
constexpr std::uint32_t kReduced = 1 << 20;
constexpr std::uint16_t kKeyboardController = 1 << 1; // in the boot flags, from revision 2 on

/// The address at `extended` if the table has it, else the port at `old`.
RegisterAddress read_address(const Table& fadt, std::uint32_t extended, std::uint32_t old,
                             std::uint8_t bits) {
    if (fadt.holds(extended, 12) && fadt.read<std::uint64_t>(extended + 4) != 0) {
        return {static_cast<Space>(fadt[extended]), fadt[extended + 1],
                fadt.read<std::uint64_t>(extended + 4)};
    }
    const std::uint32_t port = old != 0 ? fadt.read<std::uint32_t>(old) : 0;
    return port != 0 ? RegisterAddress{Space::kPort, bits, port} : RegisterAddress{};
}

} // namespace

Result<FixedHardware> read_fixed_hardware(const Table& fadt) {
    if (fadt.length() < kFirstVersionBytes) {
        return Error{Errc::kInvalidArgument, "FADT too short"};
    }
    const std::uint8_t revision = fadt[8];
    const auto flags = fadt.read<std::uint32_t>(kFlags);
    FixedHardware found;
    found.dsdt = fadt.holds(kXDsdt, 8) ? fadt.read<std::uint64_t>(kXDsdt) : 0;
    if (found.dsdt == 0) {
        found.dsdt = fadt.read<std::uint32_t>(kDsdt);
    }
    found.reduced = (flags & kReduced) != 0 && fadt.holds(kSleepControl, 12);
    if (found.reduced) {
        found.sleep_control = read_address(fadt, kSleepControl, 0, 8);
    } else {
        found.pm_timer = read_address(fadt, kXPmTimer, kPmTimer, 32);
        found.pm_timer_is_32_bits = (flags & kTimerIs32Bits) != 0;
        found.pm1a_control = read_address(fadt, kXPm1aControl, kPm1aControl, 16);
        found.pm1b_control = read_address(fadt, kXPm1bControl, kPm1bControl, 16);
        found.smi_command = static_cast<std::uint16_t>(fadt.read<std::uint32_t>(kSmiCommand));
        found.acpi_enable = fadt[kAcpiEnable];
    }
    if ((flags & kResetSupported) != 0 && fadt.holds(kResetRegister, 13)) {
        found.reset = read_address(fadt, kResetRegister, 0, 8);
        found.reset_value = fadt[kResetValue];
    }
    if (revision >= 2) {
        found.has_keyboard_controller =
            (fadt.read<std::uint16_t>(kBootFlags) & kKeyboardController) != 0;
    }
    return found;
}

namespace {

// Bytecode. [acpi/6.5] §20.2.
constexpr std::uint8_t kZero = 0x00;
constexpr std::uint8_t kOne = 0x01;
constexpr std::uint8_t kName = 0x08;
constexpr std::uint8_t kByte = 0x0A;
constexpr std::uint8_t kWord = 0x0B;
constexpr std::uint8_t kDword = 0x0C;
constexpr std::uint8_t kPackage = 0x12;

/// Reads a constant at `at`, of which the low byte matters, and moves `at` behind it.
bool read_constant(const Bytes& code, std::uint32_t& at, std::uint8_t& value) {
    if (!code.holds(at, 1)) {
        return false;
    }
    const std::uint8_t kind = code[at++];
    if (kind == kZero || kind == kOne) {
        value = kind;
        return true;
    }
    const std::uint32_t bytes = kind == kByte ? 1 : kind == kWord ? 2 : kind == kDword ? 4 : 0;
    if (bytes == 0 || !code.holds(at, bytes)) {
        return false;
    }
    value = code[at];
    at += bytes;
    return true;
}

/// Reads a package of constants that starts at `at`.
SoftOff read_package(const Bytes& code, std::uint32_t at) {
    SoftOff found;
    if (!code.holds(at, 3) || code[at] != kPackage) {
        return found;
    }
    at += 2 + (code[at + 1] >> 6); // the length's first byte says how many follow
    if (!code.holds(at, 1)) {
        return found;
    }
    const std::uint8_t elements = code[at++];
    found.known = elements >= 1 && read_constant(code, at, found.type_a);
    if (found.known && elements >= 2 && !read_constant(code, at, found.type_b)) {
        found.type_b = 0;
    }
    return found;
}

} // namespace

SoftOff find_soft_off(const Table& code) {
    for (std::uint32_t at = kHeaderBytes + 1; code.holds(at, 4); ++at) {
        if (!code.part(at, 4).starts_with("_S5_", 4)) {
            continue;
        }
        const bool is_defined =
            code[at - 1] == kName || (code[at - 1] == '\\' && code[at - 2] == kName);
        if (const SoftOff found = read_package(code, at + 4); is_defined && found.known) {
            return found;
        }
    }
    return {};
}

} // namespace hermit::arch::firmware
