// The kernel's start, from the loader's jump to the application's main(). [thesis] 3.5, Figure 3.4.
#include "backtrace.hpp"
#include "boot_phases.hpp"
#include "console.hpp"
#include "cores.hpp"
#include "firmware.hpp"
#include "log.hpp"
#include "machine_files.hpp"
#include "report.hpp"
#include "screen.hpp"
#include "stop.hpp"

#include <arch/core.hpp>
#include <arch/core_setup.hpp>
#include <arch/features.hpp>
#include <arch/interrupt_setup.hpp>
#include <arch/io_apic.hpp>
#include <arch/local_apic.hpp>
#include <arch/pic.hpp>
#include <arch/power.hpp>
#include <arch/power_states.hpp>
#include <arch/time.hpp>
#include <base/log.hpp>
#include <base/panic.hpp>
#include <boot/boot_info.hpp>
#include <fs/process.hpp>
#include <init/command_line.hpp>
#include <libc-glue/application.hpp>
#include <mm/app_memory.hpp>
#include <mm/heap.hpp>
#include <mm/memory.hpp>
#include <pci/access.hpp>
#include <sched/idle_poll.hpp>
#include <sync/spin_lock.hpp>

namespace hermit {
namespace init {
namespace {

const boot::BootInfo* boot_info;
Settings settings;

void read_command_line() {
    char* const text = const_cast<char*>(boot_info->command_line);
    const std::size_t bytes = command_line_pointers(text) * sizeof(char*);
    auto** const pointers = static_cast<const char**>(mm::heap_allocate(bytes));
    if (pointers == nullptr) {
        panic("Out of memory for the command line");
    }
    settings = parse_command_line(text, pointers);
}

void set_up_interrupts() {
    const arch::firmware::Machine& machine = firmware().machine;
    arch::describe_machine(machine);
    arch::disable_pic();
    if (machine.has_imcr) {
        arch::leave_pic_mode();
    }
    for (unsigned i = 0; i < machine.io_apic_count; ++i) {
        const PhysAddr address{machine.io_apic[i].address};
        if (auto mapped = mm::map_device(address, 4 * kKiB)) {
            arch::add_io_apic(machine.io_apic[i], mapped->as<void>());
        } else {
            log::warning("Cannot map the I/O APIC at {}", address);
        }
    }
    void* registers = nullptr;
    if (arch::apic_needs_mapping()) {
        const PhysAddr address{arch::apic_physical_address()};
        auto mapped = mm::map_device(address, 4 * kKiB);
        if (!mapped) {
            panic("Cannot map the local APIC at {}", address);
        }
        registers = mapped->as<void>();
    }
    arch::select_apic_mode(registers);
    arch::enable_apic();
}

/// All times rest on the time-stamp counter. Hypervisors keep it even, but do not promise that to
/// guests that may be moved to another machine; so only a real machine gets the warning.
void report_clock() {
    if (arch::features().invariant_tsc) {
        log::info("Time-stamp counter:     invariant");
    } else if (arch::features().hypervisor) {
        log::info("Time-stamp counter:     not said to be invariant, left to the hypervisor");
    } else {
        log::warning("The time-stamp counter is not invariant: it may stop or change with the "
                     "processor's frequency, and with it all times");
    }
}

void report_processor() {
    log_heading("PROCESSOR INFORMATION");
    arch::report_features();
    log::info("Frequency:              {} MHz ({})", arch::tsc_khz() / 1000, arch::time_source());
    report_clock();
    arch::choose_power(settings.manage_power, settings.turbo);
    const arch::PowerSetting setting = arch::manage_power();
    TextBuffer<160> power;
    if (settings.manage_power) {
        arch::describe(setting, power);
    } else {
        format_to(power, "not touched (power=off)");
    }
    log::info("Power Management:       {}", power.c_str());
}

/// Looking at every device takes a while, so only for those who want to read it.
void report_devices() {
    pci::initialize(firmware());
    if (settings.log_level >= LogLevel::kInfo) {
        log_heading("PCI DEVICES");
        pci::report();
    }
}

/// A standard stream of the application.
class StreamSink final : public fs::ConsoleSink {
  public:
    explicit constexpr StreamSink(Channel channel) : channel_{channel} {}
    void write(const char* bytes, std::size_t count) override {
        write_channel(channel_, bytes, count);
    }

  private:
    Channel channel_;
};

void open_standard_streams() {
    static constinit StreamSink output{Channel::kOutput};
    static constinit StreamSink error{Channel::kError};
    if (auto done = fs::initialize_in_kernel(output, error); !done) {
        panic("Cannot set up the file system: {}", done.error().context);
    }
}

/// Times are compared across cores everywhere, so their clocks have to be the same.
void report_clocks() {
    if (arch::core_count() == 1) {
        return;
    }
    const arch::ClockComparison clocks = arch::compare_clocks();
    if (clocks.differing != 0) {
        log::warning("Time-stamp counters of {} cores differ from core 0's, that of core {} by at "
                     "least {} ns: times taken on different cores cannot be compared",
                     clocks.differing, clocks.core, clocks.difference_ns);
    } else {
        log::info("Time-stamp counters:    the same on all cores, to within {} us",
                  clocks.exactness_ns / 1000);
    }
}

/// The rest of the boot, in the application's initial thread, where waiting is possible.
void continue_in_thread() {
    arch::enable_interrupts();
    begin_phase(Phase::kCores, arch::read_tsc());
    start_other_cores(settings.max_cores, settings.core_patience_ms);
    log_heading("MULTIPROCESSOR INFORMATION");
    log::info("Described by:           {}", firmware().source);
    log::info("APIC in use:            {}", arch::apic_is_x2apic() ? "x2APIC" : "xAPIC");
    log::info("Initialized CPUs:       {}", arch::core_count());
    report_clocks();
    begin_phase(Phase::kFiles, arch::read_tsc());
    open_standard_streams();
    make_machine_files();
    if (settings.populate) {
        mm::app::populate_always(true);
        if (auto done = mm::app::populate_all(); !done) {
            panic("Cannot back the application's static data: {}", done.error().context);
        }
    }
    glue::run_application(static_cast<int>(settings.argument_count),
                          const_cast<char**>(settings.arguments),
                          const_cast<char**>(settings.environment));
}

[[noreturn]] void start(const boot::BootInfo& info) {
    begin_phase(Phase::kLoader, info.loader_tsc);
    begin_phase(Phase::kMemory, arch::read_tsc());
    boot_info = &info;
    arch::set_up_boot_core();
    cores_are_shared = arch::features().hypervisor;
    initialize_console();
    connect_channels(peek_at_channels(info.command_line));
    mm::initialize(info);
    use_function_names(info);
    read_command_line();
    connect_channels(settings);
    set_log_level(settings.log_level);
    if (!has_control_channel()) {
        open_screen(info.screen);
    }
    if (settings.report) {
        want_report();
    }
    log::info("Welcome to Hermitage {}", HERMIT_VERSION);
    if (settings.complaint != nullptr) {
        log::warning("Cannot make sense of \"{}\" on the command line", settings.complaint);
    }
    if (info.command_line_truncated != 0) {
        log::warning("The end of the command line is missing: it has more than {} bytes, or cannot "
                     "be read",
                     boot::kMaxCommandLine - 1);
    }
    log_heading("PHYSICAL AND VIRTUAL MEMORY");
    mm::report();
    begin_phase(Phase::kFirmware, arch::read_tsc());
    read_firmware({settings.use_acpi, settings.use_mp_tables,
                   settings.rsdp != 0 ? settings.rsdp : info.rsdp});
    prepare_power_off();
    begin_phase(Phase::kTime, arch::read_tsc());
    set_up_interrupts();
    arch::calibrate_time(settings.tsc_khz, settings.clock_source,
                         {.hpet = map_hpet(), .fixed = &firmware().fixed});
    sched::set_longest_poll(settings.idle_poll_us);
    report_processor();
    report_devices();
    begin_phase(Phase::kThread, arch::read_tsc());
    glue::enter_initial_thread(continue_in_thread);
}

} // namespace
} // namespace init

namespace init {
namespace {

/// What should not have happened, if it has.
void report_oddities() {
    const arch::StrayInterrupts stray = arch::stray_interrupts();
    if (stray.local_apic + stray.pic + stray.unexpected != 0) {
        log::info("Stray interrupts:       {} of the local APICs, {} of the 8259, {} others",
                  stray.local_apic, stray.pic, stray.unexpected);
    }
    const arch::MissingCores missing = arch::missing_cores();
    if (missing.left_out != 0) {
        log::info("Missing cores:          {}, of which {} answered late and are parked",
                  missing.left_out, missing.parked);
    }
}

int exit_status = 0;

[[noreturn]] void end() {
    if (has_control_channel()) {
        TextBuffer<32> line;
        format_to(line, "HERMIT exit {}\n", exit_status);
        write_channel(Channel::kControl, line.c_str(), line.size());
    }
    if (!report_is_wanted()) { // else the cores have stopped already
        constexpr std::uint64_t kPatienceMs = 50;
        claim_end();
        stop_other_cores(kPatienceMs);
    }
    arch::end_machine(settings.ending, exit_port());
}

} // namespace
} // namespace init

void shut_down(int status) {
    init::report_oddities();
    log::info("{}", init::settings.ending == arch::Ending::kHalt     ? "System halted"
                    : init::settings.ending == arch::Ending::kReboot ? "Restarting system"
                                                                     : "Shutting down system");
    init::exit_status = status & 0xFF;
    if (init::report_is_wanted()) {
        init::report_at_exit([] { init::end(); });
    }
    init::end();
}

} // namespace hermit

/// Where the loader jumps, on the boot stack, with interrupts off and `info` in the direct map.
extern "C" [[noreturn]] void hermit_kernel_entry(hermit::boot::BootInfo* info) {
    hermit::init::start(*info);
}
