#include "words.hpp"

#include <init/command_line.hpp>

#include <algorithm>

namespace hermit::init {
namespace {

/// A word and what it stands for.
template <class T>
struct Choice {
    const char* name;
    T value;
};

template <class T, std::size_t kCount>
bool read_choice(const char* text, const Choice<T> (&choices)[kCount], T& value) {
    for (const Choice<T>& choice : choices) {
        if (equal(text, choice.name)) {
            value = choice.value;
            return true;
        }
    }
    return false;
}

constexpr Choice<arch::Ending> kEndings[] = {
    {"off", arch::Ending::kOff}, {"reboot", arch::Ending::kReboot}, {"halt", arch::Ending::kHalt}};
constexpr Choice<arch::ClockSource> kClockSources[] = {
    {"automatic", arch::ClockSource::kAutomatic},
    {"hypervisor", arch::ClockSource::kHypervisor},
    {"cpuid", arch::ClockSource::kCpuid},
    {"brand", arch::ClockSource::kBrand},
    {"hpet", arch::ClockSource::kHpet},
    {"pm_timer", arch::ClockSource::kPmTimer},
    {"pit", arch::ClockSource::kPit}};

bool read_switch(const char* text, bool& on) {
    on = !equal(text, "off");
    return !on || equal(text, "on");
}

bool read_channels(const char* value, Settings& settings) {
    value = value_of(value, "debugcon:");
    if (value == nullptr) {
        return false;
    }
    std::uint16_t* const ports[] = {&settings.stdout_port, &settings.stderr_port,
                                    &settings.control_port, &settings.exit_port};
    for (std::uint16_t* port : ports) {
        std::uint64_t number = 0;
        if (!read_number(value, number) || number > 0xFFFF) {
            return false;
        }
        *port = static_cast<std::uint16_t>(number);
        if (*value == ',') {
            ++value;
        }
    }
    return *value == '\0' || is_blank(*value);
}

bool read_log_level(const char* value, Settings& settings) {
    static constexpr struct {
        const char* name;
        LogLevel level;
    } kLevels[] = {{"error", LogLevel::kError},
                   {"warning", LogLevel::kWarning},
                   {"info", LogLevel::kInfo},
                   {"debug", LogLevel::kDebug}};
    for (const auto& known : kLevels) {
        if (equal(value, known.name)) {
            settings.log_level = known.level;
            return true;
        }
    }
    return false;
}

} // namespace

std::size_t command_line_pointers(const char* text) {
    std::size_t words = 0;
    for (; *text != '\0'; ++text) {
        // An escape can stand for a blank, which ends a word of a line within the line.
        words += is_blank(*text) || *text == '\\' ? 1 : 0;
    }
    return words + 1 + 3; // the last word, argv[0], two terminators
}

namespace {

/// Sorts the words: environment grows from the front of the pointers, arguments from the back.
class Parser {
  public:
    Parser(Settings& settings, const char** first, const char** end)
        : settings_{settings}, environment_{first}, end_{end}, argument_{end} {
        settings_.environment = first;
        *--argument_ = nullptr;
        program_ = --argument_;
        *program_ = "application";
    }

    void parse(char* text) {
        Words words{text};
        while (char* const word = words.next()) {
            if (only_arguments_) {
                *--argument_ = word;
            } else if (!is_option(word) && settings_.complaint == nullptr) {
                settings_.complaint = word;
            }
        }
    }

    void finish() {
        *environment_ = nullptr;
        // The terminator stays the last; the rest stands in reverse.
        std::reverse(argument_, end_ - 1);
        settings_.arguments = argument_;
        settings_.argument_count = static_cast<unsigned>(end_ - 1 - argument_);
    }

  private:
    /// False if something is wrong with the word.
    bool is_option(char* word) {
        std::uint64_t number = 0;
        if (equal(word, "--")) {
            only_arguments_ = true;
        } else if (equal(word, "report")) {
            settings_.report = true;
        } else if (const char* value = value_of(word, "env=")) {
            *environment_++ = value;
        } else if ((value = value_of(word, "argv0="))) {
            *program_ = value;
        } else if ((value = value_of(word, "line="))) {
            if (nested_) {
                return false; // one level is enough, and the stack is small
            }
            nested_ = true;
            parse(word + (value - word));
            nested_ = false;
        } else if ((value = value_of(word, "log="))) {
            return read_log_level(value, settings_);
        } else if ((value = value_of(word, "channels="))) {
            return read_channels(value, settings_);
        } else if ((value = value_of(word, "tsc_khz="))) {
            return read_whole_number(value, settings_.tsc_khz);
        } else if ((value = value_of(word, "at_end="))) {
            return read_choice(value, kEndings, settings_.ending);
        } else if ((value = value_of(word, "clock_source="))) {
            return read_choice(value, kClockSources, settings_.clock_source);
        } else if ((value = value_of(word, "power="))) {
            return read_switch(value, settings_.manage_power);
        } else if ((value = value_of(word, "turbo="))) {
            return read_switch(value, settings_.turbo);
        } else if ((value = value_of(word, "acpi="))) {
            return read_switch(value, settings_.use_acpi);
        } else if ((value = value_of(word, "mp_tables="))) {
            return read_switch(value, settings_.use_mp_tables);
        } else if ((value = value_of(word, "populate="))) {
            return read_switch(value, settings_.populate);
        } else if ((value = value_of(word, "rsdp="))) {
            return read_whole_number(value, settings_.rsdp);
        } else if ((value = value_of(word, "core_patience_ms="))) {
            return read_whole_number(value, settings_.core_patience_ms);
        } else if ((value = value_of(word, "idle_poll_us="))) {
            return read_whole_number(value, settings_.idle_poll_us);
        } else if ((value = value_of(word, "max_cores="))) {
            const bool good = read_whole_number(value, number) && number > 0;
            settings_.max_cores = good ? static_cast<unsigned>(number) : ~0u;
            return good;
        } else {
            *--argument_ = word;
        }
        return true;
    }

    Settings& settings_;
    const char** environment_;
    const char** const end_;
    const char** argument_; // the last one found
    const char** program_;
    bool only_arguments_ = false;
    bool nested_ = false;
};

} // namespace

Settings parse_command_line(char* text, const char** pointers) {
    Settings settings;
    Parser parser{settings, pointers, pointers + command_line_pointers(text)};
    parser.parse(text);
    parser.finish();
    return settings;
}

Settings peek_at_channels(const char* text) {
    Settings settings;
    const char* const value = value_of(text, "channels=");
    if (value == nullptr || !read_channels(value, settings)) {
        return {};
    }
    return settings;
}

} // namespace hermit::init
