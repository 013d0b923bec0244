#include "elf_image.hpp"

#include "short_name.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace hermit::names {
namespace {

constexpr const char* kSection = ".hermit.names"; // hermit.ld

/// Reads `count` elements; an end of file before that is an error.
template <class T>
std::vector<T> read(int file, std::uint64_t offset, std::uint64_t count) {
    struct stat status {};
    const bool is_inside = fstat(file, &status) == 0 && count <= UINT64_MAX / sizeof(T) &&
                           offset <= static_cast<std::uint64_t>(status.st_size) &&
                           count * sizeof(T) <= static_cast<std::uint64_t>(status.st_size) - offset;
    if (!is_inside) {
        throw std::runtime_error{"the ELF headers are damaged"};
    }
    std::vector<T> values(count);
    char* const bytes = reinterpret_cast<char*>(values.data());
    for (std::size_t done = 0; done < count * sizeof(T);) {
        const ssize_t got =
            pread(file, bytes + done, count * sizeof(T) - done, static_cast<off_t>(offset + done));
        if (got <= 0) {
            throw std::runtime_error{"cannot be read"};
        }
        done += static_cast<std::size_t>(got);
    }
    return values;
}

void write(int file, std::uint64_t offset, const void* data, std::size_t bytes) {
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t put = pwrite(file, static_cast<const char*>(data) + done, bytes - done,
                                   static_cast<off_t>(offset + done));
        if (put <= 0) {
            throw std::runtime_error{std::string{"cannot be written: "} + std::strerror(errno)};
        }
        done += static_cast<std::size_t>(put);
    }
}

/// The null-terminated text at `offset`; empty if it is not inside.
std::string text_at(const std::vector<char>& texts, std::uint64_t offset) {
    if (offset >= texts.size()) {
        return {};
    }
    const auto start = texts.begin() + static_cast<std::ptrdiff_t>(offset);
    return {start, std::find(start, texts.end(), '\0')};
}

} // namespace

struct ElfImage::Headers {
    Elf64_Ehdr file;
    std::vector<Elf64_Shdr> sections;
    std::vector<Elf64_Phdr> segments;
    std::size_t place = 0; // section number of kSection
};

ElfImage::ElfImage(int file) : file_{file}, headers_{std::make_unique<Headers>()} {}

ElfImage::ElfImage(ElfImage&& other) noexcept
    : file_{std::exchange(other.file_, -1)}, headers_{std::move(other.headers_)} {}

ElfImage::~ElfImage() {
    if (file_ >= 0) {
        close(file_);
    }
}

std::optional<ElfImage> ElfImage::open(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) {
        throw std::runtime_error{std::strerror(errno)};
    }
    if (!S_ISREG(status.st_mode)) {
        return std::nullopt; // /dev/null, in configure scripts
    }
    ElfImage image{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
    if (image.file_ < 0) {
        throw std::runtime_error{std::strerror(errno)};
    }
    if (static_cast<std::size_t>(status.st_size) < sizeof(Elf64_Ehdr) || !image.has_place()) {
        return std::nullopt;
    }
    return image;
}

/// Reads the headers and looks for the section and its segment.
bool ElfImage::has_place() const {
    Headers& all = *headers_;
    all.file = read<Elf64_Ehdr>(file_, 0, 1).front();
    if (std::memcmp(all.file.e_ident, ELFMAG, SELFMAG) != 0 ||
        all.file.e_ident[EI_CLASS] != ELFCLASS64 || all.file.e_type != ET_EXEC) {
        return false;
    }
    all.sections = read<Elf64_Shdr>(file_, all.file.e_shoff, all.file.e_shnum);
    all.segments = read<Elf64_Phdr>(file_, all.file.e_phoff, all.file.e_phnum);
    if (all.file.e_shstrndx >= all.sections.size()) {
        return false;
    }
    const Elf64_Shdr& names = all.sections[all.file.e_shstrndx];
    const auto texts = read<char>(file_, names.sh_offset, names.sh_size);
    const auto place =
        std::find_if(all.sections.begin(), all.sections.end(), [&](const Elf64_Shdr& section) {
            return text_at(texts, section.sh_name) == kSection;
        });
    all.place = static_cast<std::size_t>(place - all.sections.begin());
    return place != all.sections.end();
}

std::vector<Function> ElfImage::functions() const {
    // The fewest underscores first, then the shortest: write, not __hermit_write.
    using Rank = std::tuple<std::size_t, std::size_t, std::string>;
    std::map<std::uint64_t, std::pair<Rank, std::uint64_t>> best;
    for (const Elf64_Shdr& section : headers_->sections) {
        if (section.sh_type != SHT_SYMTAB || section.sh_link >= headers_->sections.size()) {
            continue;
        }
        const Elf64_Shdr& names = headers_->sections[section.sh_link];
        const auto texts = read<char>(file_, names.sh_offset, names.sh_size);
        for (const Elf64_Sym& symbol :
             read<Elf64_Sym>(file_, section.sh_offset, section.sh_size / sizeof(Elf64_Sym))) {
            const unsigned type = ELF64_ST_TYPE(symbol.st_info);
            std::string name = text_at(texts, symbol.st_name);
            if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF ||
                name.empty() || symbol.st_value + symbol.st_size > UINT32_MAX) {
                continue;
            }
            const std::size_t underscores = std::min(name.find_first_not_of('_'), name.size());
            Rank rank{underscores, name.size(), std::move(name)};
            const auto [at, is_new] = best.try_emplace(symbol.st_value, rank, symbol.st_size);
            if (!is_new && rank < at->second.first) {
                at->second.first = std::move(rank);
            }
        }
    }
    std::vector<Function> functions;
    for (const auto& [start, found] : best) {
        functions.push_back({static_cast<std::uint32_t>(start),
                             static_cast<std::uint32_t>(start + found.second),
                             short_name(std::get<std::string>(found.first))});
    }
    return functions;
}

void ElfImage::write_names(const std::vector<std::uint8_t>& table) {
    Headers& all = *headers_;
    Elf64_Shdr& section = all.sections[all.place];
    const auto segment =
        std::find_if(all.segments.begin(), all.segments.end(), [&](const Elf64_Phdr& candidate) {
            return candidate.p_type == PT_LOAD && candidate.p_offset == section.sh_offset &&
                   candidate.p_vaddr == section.sh_addr;
        });
    if (segment == all.segments.end()) {
        throw std::runtime_error{"the names have no segment of their own"};
    }
    // At the same place within a page as in memory.
    const std::uint64_t page = std::max<std::uint64_t>(segment->p_align, 1);
    const auto end = static_cast<std::uint64_t>(lseek(file_, 0, SEEK_END));
    const std::uint64_t offset = end + (section.sh_addr - end) % page;
    write(file_, offset, table.data(), table.size());
    section.sh_offset = segment->p_offset = offset;
    section.sh_size = segment->p_filesz = segment->p_memsz = table.size();
    write(file_, all.file.e_shoff, all.sections.data(), all.sections.size() * sizeof(Elf64_Shdr));
    write(file_, all.file.e_phoff, all.segments.data(), all.segments.size() * sizeof(Elf64_Phdr));
}

} // namespace hermit::names
