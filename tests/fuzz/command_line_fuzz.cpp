#include <init/command_line.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

using namespace hermit::init;

namespace {

void check(bool good) {
    if (!good) {
        __builtin_trap();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    // Of exactly the size that is promised to be enough, so that the sanitizer sees one too many.
    std::string text{reinterpret_cast<const char*>(data), size};
    text.resize(std::strlen(text.c_str()));
    std::vector<char> buffer(text.c_str(), text.c_str() + text.size() + 1);
    peek_at_channels(buffer.data());
    check(std::strcmp(buffer.data(), text.c_str()) == 0);
    std::vector<const char*> pointers(command_line_pointers(buffer.data()));
    const Settings settings = parse_command_line(buffer.data(), pointers.data());
    check(settings.argument_count >= 1 && settings.arguments[settings.argument_count] == nullptr);
    const char* const end = buffer.data() + buffer.size();
    for (unsigned i = 1; i < settings.argument_count; ++i) {
        const char* const word = settings.arguments[i];
        check(word >= buffer.data() && word + std::strlen(word) < end);
    }
    for (const char** variable = settings.environment; *variable != nullptr; ++variable) {
        check(*variable >= buffer.data() && *variable + std::strlen(*variable) < end);
    }
    return 0;
}
