#include "machine_files.hpp"

#include <arch/core.hpp>
#include <arch/topology.hpp>
#include <base/log.hpp>
#include <fs/generated_file.hpp>
#include <fs/process.hpp>

namespace hermit::init {
namespace {

/// Writes the cores for which `chosen(core)` holds, as "0-3,8".
template <class Chosen>
void write_list(TextSink& sink, Chosen&& chosen) {
    const unsigned count = arch::core_count();
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

void write_all(TextSink& sink, unsigned) {
    write_list(sink, [](unsigned) { return true; });
}

void write_package(TextSink& sink, unsigned core) {
    format_to(sink, "{}\n", arch::place_of_core(core).package);
}

void write_core(TextSink& sink, unsigned core) {
    format_to(sink, "{}\n", arch::place_of_core(core).core);
}

void write_package_siblings(TextSink& sink, unsigned core) {
    const arch::CorePlace place = arch::place_of_core(core);
    write_list(sink,
               [&](unsigned other) { return arch::place_of_core(other).package == place.package; });
}

void write_thread_siblings(TextSink& sink, unsigned core) {
    const arch::CorePlace place = arch::place_of_core(core);
    write_list(sink, [&](unsigned other) {
        const arch::CorePlace its = arch::place_of_core(other);
        return its.package == place.package && its.core == place.core;
    });
}

struct FileKind {
    const char* name;
    fs::TextWriter writer;
};
constexpr FileKind kPerCore[] = {{"physical_package_id", write_package},
                                 {"core_id", write_core},
                                 {"core_siblings_list", write_package_siblings},
                                 {"thread_siblings_list", write_thread_siblings}};

Result<void> add(const char* path, fs::TextWriter writer, unsigned core) {
    fs::Ref<fs::Node> node{new fs::GeneratedFile{writer, core}};
    if (!node) {
        return Error{Errc::kOutOfMemory, "file about the machine"};
    }
    return fs::names().add(nullptr, path, node);
}

Result<void> make_files() {
    constexpr unsigned kLongest = 80;
    for (const char* directory :
         {"/sys", "/sys/devices", "/sys/devices/system", "/sys/devices/system/cpu"}) {
        TRY(fs::names().make_directory(nullptr, directory, 0755));
    }
    for (const char* path : {"/sys/devices/system/cpu/online", "/sys/devices/system/cpu/present",
                             "/sys/devices/system/cpu/possible"}) {
        TRY(add(path, write_all, 0));
    }
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        TextBuffer<kLongest> directory;
        format_to(directory, "/sys/devices/system/cpu/cpu{}", core);
        TRY(fs::names().make_directory(nullptr, directory.c_str(), 0755));
        format_to(directory, "/topology");
        TRY(fs::names().make_directory(nullptr, directory.c_str(), 0755));
        for (const FileKind& kind : kPerCore) {
            TextBuffer<kLongest> path;
            format_to(path, "{}/{}", directory.c_str(), kind.name);
            TRY(add(path.c_str(), kind.writer, core));
        }
    }
    return {};
}

} // namespace

void make_machine_files() {
    if (const auto done = make_files(); !done) {
        log::warning("No files about the machine: {}", done.error().context);
    }
}

} // namespace hermit::init
