#include "machine_files.hpp"

#include "firmware.hpp"

#include <arch/caches.hpp>
#include <arch/core.hpp>
#include <arch/core_setup.hpp>
#include <arch/topology.hpp>
#include <base/log.hpp>
#include <fs/generated_file.hpp>
#include <fs/process.hpp>

namespace hermit::init {
namespace {

/// Writes the numbers below `count` for which `chosen(number)` holds, as "0-3,8".
template <class Chosen>
void write_list(TextSink& sink, unsigned count, Chosen&& chosen) {
    const char* separator = "";
    for (unsigned first = 0; first < count; ++first) {
        if (!chosen(first)) {
            continue;
        }
        unsigned last = first;
        while (last + 1 < count && chosen(last + 1)) {
            ++last;
        }
        format_to(sink, "{}{}", separator, first);
        if (last > first) {
            format_to(sink, "-{}", last);
        }
        separator = ",";
        first = last;
    }
    format_to(sink, "\n");
}

/// The list of cores for which `chosen(core)` holds.
template <class Chosen>
void write_cores(TextSink& sink, Chosen&& chosen) {
    write_list(sink, arch::core_count(), chosen);
}

void write_all(TextSink& sink, unsigned) {
    write_cores(sink, [](unsigned) { return true; });
}

void write_package(TextSink& sink, unsigned core) {
    format_to(sink, "{}\n", arch::place_of_core(core).package);
}

void write_core(TextSink& sink, unsigned core) {
    format_to(sink, "{}\n", arch::place_of_core(core).core);
}

void write_package_siblings(TextSink& sink, unsigned core) {
    const arch::CorePlace place = arch::place_of_core(core);
    write_cores(
        sink, [&](unsigned other) { return arch::place_of_core(other).package == place.package; });
}

void write_thread_siblings(TextSink& sink, unsigned core) {
    const arch::CorePlace place = arch::place_of_core(core);
    write_cores(sink, [&](unsigned other) {
        const arch::CorePlace its = arch::place_of_core(other);
        return its.package == place.package && its.core == place.core;
    });
}

/// The subject of a file about a cache: one of a core's.
constexpr unsigned cache_subject(unsigned core, unsigned index) {
    return core * arch::Caches::kMost + index;
}
constexpr unsigned core_of(unsigned subject) { return subject / arch::Caches::kMost; }
arch::Cache cache_of(unsigned subject) {
    return arch::caches().list[subject % arch::Caches::kMost];
}

void write_cache_level(TextSink& sink, unsigned subject) {
    format_to(sink, "{}\n", cache_of(subject).level);
}
void write_cache_type(TextSink& sink, unsigned subject) {
    const arch::CacheType type = cache_of(subject).type;
    format_to(sink, "{}\n",
              type == arch::CacheType::kData           ? "Data"
              : type == arch::CacheType::kInstructions ? "Instruction"
                                                       : "Unified");
}
void write_cache_size(TextSink& sink, unsigned subject) {
    format_to(sink, "{}K\n", cache_of(subject).bytes / kKiB);
}
void write_cache_sharers(TextSink& sink, unsigned subject) {
    const unsigned shift = cache_of(subject).id_shift;
    const std::uint32_t own = arch::apic_id_of_core(core_of(subject)) >> shift;
    write_cores(sink, [=](unsigned other) { return arch::apic_id_of_core(other) >> shift == own; });
}

unsigned node_count() {
    const arch::firmware::Affinity* const affinity = node_affinity();
    return affinity == nullptr ? 1 : affinity->node_count();
}
unsigned node_of_core(unsigned core) {
    const arch::firmware::Affinity* const affinity = node_affinity();
    return affinity == nullptr ? 0 : affinity->node_of_processor(arch::apic_id_of_core(core));
}

void write_nodes(TextSink& sink, unsigned) {
    write_list(sink, node_count(), [](unsigned) { return true; });
}
void write_nodes_with_cores(TextSink& sink, unsigned) {
    write_list(sink, node_count(), [](unsigned node) {
        unsigned core = 0;
        while (core < arch::core_count() && node_of_core(core) != node) {
            ++core;
        }
        return core < arch::core_count();
    });
}
void write_node_cores(TextSink& sink, unsigned node) {
    write_cores(sink, [=](unsigned core) { return node_of_core(core) == node; });
}

struct FileKind {
    const char* name;
    fs::TextWriter writer;
};
constexpr FileKind kCores[] = {
    {"online", write_all}, {"present", write_all}, {"possible", write_all}};
constexpr FileKind kTopology[] = {{"physical_package_id", write_package},
                                  {"core_id", write_core},
                                  {"core_siblings_list", write_package_siblings},
                                  {"thread_siblings_list", write_thread_siblings}};
constexpr FileKind kCache[] = {{"level", write_cache_level},
                               {"type", write_cache_type},
                               {"size", write_cache_size},
                               {"shared_cpu_list", write_cache_sharers}};
constexpr FileKind kNodes[] = {
    {"online", write_nodes}, {"possible", write_nodes}, {"has_cpu", write_nodes_with_cores}};
constexpr FileKind kNode[] = {{"cpulist", write_node_cores}};

using Path = TextBuffer<80>;

/// Makes a directory with files about `subject` in it.
Result<void> make(const Path& directory, std::span<const FileKind> files, unsigned subject) {
    TRY(fs::names().make_directory(nullptr, directory.c_str(), 0755));
    if (files.empty()) {
        return {};
    }
    const fs::Ref<fs::Node> base = TRY(fs::names().find(nullptr, directory.c_str()));
    for (const FileKind& kind : files) {
        fs::Ref<fs::Node> node{new fs::GeneratedFile{kind.writer, subject}};
        if (!node) {
            return Error{Errc::kOutOfMemory, "file about the machine"};
        }
        TRY(fs::names().add(base.get(), kind.name, node));
    }
    return {};
}

template <class... Arguments>
Path path(const char* format, const Arguments&... arguments) {
    Path result;
    format_to(result, format, arguments...);
    return result;
}

Result<void> make_core_files() {
    constexpr const char* kRoot = "/sys/devices/system/cpu";
    const unsigned cache_count = arch::caches().count;
    TRY(make(path(kRoot), kCores, 0));
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        TRY(make(path("{}/cpu{}", kRoot, core), {}, 0));
        TRY(make(path("{}/cpu{}/topology", kRoot, core), kTopology, core));
        TRY(make(path("{}/cpu{}/cache", kRoot, core), {}, 0));
        for (unsigned i = 0; i < cache_count; ++i) {
            TRY(make(path("{}/cpu{}/cache/index{}", kRoot, core, i), kCache,
                     cache_subject(core, i)));
        }
    }
    return {};
}

Result<void> make_node_files() {
    constexpr const char* kRoot = "/sys/devices/system/node";
    TRY(make(path(kRoot), kNodes, 0));
    for (unsigned node = 0; node < node_count(); ++node) {
        TRY(make(path("{}/node{}", kRoot, node), kNode, node));
    }
    return {};
}

Result<void> make_files() {
    for (const char* directory : {"/sys", "/sys/devices", "/sys/devices/system"}) {
        TRY(make(path(directory), {}, 0));
    }
    TRY(make_core_files());
    return make_node_files();
}

} // namespace

void make_machine_files() {
    if (const auto done = make_files(); !done) {
        log::warning("No files about the machine: {}", done.error().context);
    }
}

} // namespace hermit::init
