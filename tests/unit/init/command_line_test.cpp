#include <init/command_line.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hermit::init {
namespace {

/// A parsed line together with what its strings lie in.
class Line {
  public:
    explicit Line(std::string text) : text_{std::move(text)} {
        pointers_.resize(command_line_pointers(text_.c_str()));
        settings = parse_command_line(text_.data(), pointers_.data());
    }
    std::vector<std::string> arguments() const { return list(settings.arguments); }
    std::vector<std::string> environment() const { return list(settings.environment); }

    Settings settings;

  private:
    static std::vector<std::string> list(const char** strings) {
        std::vector<std::string> result;
        for (; *strings != nullptr; ++strings) {
            result.emplace_back(*strings);
        }
        return result;
    }
    std::string text_;
    std::vector<const char*> pointers_;
};

using Strings = std::vector<std::string>;

TEST(CommandLine, EmptyMeansDefaults) {
    for (const char* text : {"", "   ", "--"}) {
        const Line line{text};
        EXPECT_EQ(line.arguments(), Strings{"application"});
        EXPECT_TRUE(line.environment().empty());
        EXPECT_EQ(line.settings.argument_count, 1u);
        EXPECT_EQ(line.settings.complaint, nullptr);
    }
}

TEST(CommandLine, ALineWithinTheLine) {
    // As GRUB passes on the word: line=env=A=1 log=debug argv0=p -- "x\ny" "" it's "\x20\\"
    const Line line{
        R"(max_cores=2 "line=env=A=1 log=debug argv0=p -- \"x\\ny\" \"\" it\'s \"\\x20\\\\\"" z)"};
    EXPECT_EQ(line.settings.max_cores, 2u);
    EXPECT_EQ(line.settings.log_level, LogLevel::kDebug);
    EXPECT_EQ(line.environment(), Strings{"A=1"});
    EXPECT_EQ(line.arguments(), (Strings{"p", "x\ny", "", "it's", " \\", "z"}));
    EXPECT_EQ(line.settings.complaint, nullptr);
}

TEST(CommandLine, EscapesThatMakeBlanksHaveRoomForTheirWords) {
    const Line line{R"("line=a\x20b\x20c\x20\x65nv=D\x20e")"};
    EXPECT_EQ(line.arguments(), (Strings{"application", "a", "b", "c", "e"}));
    EXPECT_EQ(line.environment(), Strings{"D"});
}

TEST(CommandLine, LinesDoNotNestDeeper) {
    const Line line{R"("line=a line=b" c)"};
    EXPECT_STREQ(line.settings.complaint, "line=b");
    EXPECT_EQ(line.arguments(), (Strings{"application", "a", "c"}));
}

TEST(CommandLine, WordsAsGrubWritesThem) {
    const Line line{R"(a\\b \"quoted\" "with \'blank\'" c:\d)"};
    EXPECT_EQ(line.arguments(),
              (Strings{"application", R"(a\b)", "\"quoted\"", "with 'blank'", R"(c:\d)"}));
}

TEST(CommandLine, KernelOptions) {
    const Line line{"channels=debugcon:0x500,0x501,1282,0x504 log=debug tsc_khz=2400000 "
                    "max_cores=3 env=A=1 env=B= argv0=prog -- log=info x"};
    EXPECT_EQ(line.settings.stdout_port, 0x500);
    EXPECT_EQ(line.settings.stderr_port, 0x501);
    EXPECT_EQ(line.settings.control_port, 0x502);
    EXPECT_EQ(line.settings.exit_port, 0x504);
    EXPECT_EQ(line.settings.log_level, LogLevel::kDebug);
    EXPECT_EQ(line.settings.tsc_khz, 2'400'000u);
    EXPECT_EQ(line.settings.max_cores, 3u);
    EXPECT_EQ(line.environment(), (Strings{"A=1", "B="}));
    EXPECT_EQ(line.arguments(), (Strings{"prog", "log=info", "x"}));
}

TEST(CommandLine, AReportIsAskedForBeforeTheArguments) {
    EXPECT_FALSE(Line{""}.settings.report);
    EXPECT_TRUE(Line{"log=info report -- x"}.settings.report);
    const Line line{"-- report"};
    EXPECT_FALSE(line.settings.report);
    EXPECT_EQ(line.arguments(), (Strings{"application", "report"}));
}

TEST(CommandLine, QuotesAndEscapes) {
    const Line line{R"(-- "two words" "" "q\"b\\n\nt\tx\x41\x0a" mid"d le"x \n "open )"};
    EXPECT_EQ(line.arguments(), (Strings{"application", "two words", "", "q\"b\\n\nt\txA\n",
                                         "midd lex", "\\n", "open "}));
}

TEST(CommandLine, IncompleteEscapesStayWithinTheText) {
    EXPECT_EQ(Line{"-- \"a\\"}.arguments(), (Strings{"application", "a\\"}));
    EXPECT_EQ(Line{"-- \"a\\x"}.arguments(), (Strings{"application", "ax"}));
    EXPECT_EQ(Line{"-- \"a\\x4"}.arguments(), (Strings{"application", "ax4"}));
    EXPECT_EQ(Line{"-- \"\\xzz\""}.arguments(), (Strings{"application", "xzz"}));
}

TEST(CommandLine, UnknownWordsWithoutADashAreArguments) {
    const Line line{"--size 100 log=info input.txt env=X=y"};
    EXPECT_EQ(line.arguments(), (Strings{"application", "--size", "100", "input.txt"}));
    EXPECT_EQ(line.environment(), Strings{"X=y"});
    EXPECT_EQ(line.settings.log_level, LogLevel::kInfo);
}

TEST(CommandLine, Numbers) {
    const Line line{"tsc_khz=2600000 rsdp=0xE0010 max_cores=3 idle_poll_us=0"};
    EXPECT_EQ(line.settings.tsc_khz, 2'600'000u);
    EXPECT_EQ(line.settings.rsdp, 0xE0010u);
    EXPECT_EQ(line.settings.max_cores, 3u);
    EXPECT_EQ(line.settings.idle_poll_us, 0u);
}

TEST(CommandLine, Switches) {
    const Line line{"acpi=off mp_tables=on"};
    EXPECT_FALSE(line.settings.use_acpi);
    EXPECT_TRUE(line.settings.use_mp_tables);
    EXPECT_FALSE(Line{"power=off"}.settings.manage_power);
    EXPECT_FALSE(Line{"turbo=off"}.settings.turbo);
    EXPECT_FALSE(Line{"mp_tables=off"}.settings.use_mp_tables);
    EXPECT_STREQ(Line{"acpi=offf"}.settings.complaint, "acpi=offf");
    EXPECT_EQ(Line{"at_end=halt"}.settings.ending, arch::Ending::kHalt);
    EXPECT_EQ(Line{"at_end=reboot"}.settings.ending, arch::Ending::kReboot);
    EXPECT_EQ(Line{"clock_source=pm_timer"}.settings.clock_source, arch::ClockSource::kPmTimer);
    EXPECT_STREQ(Line{"at_end=sleep"}.settings.complaint, "at_end=sleep");
}

TEST(CommandLine, ComplainsOfTheFirstBadOption) {
    EXPECT_STREQ(Line{"log=loud"}.settings.complaint, "log=loud");
    EXPECT_STREQ(Line{"channels=virtio"}.settings.complaint, "channels=virtio");
    EXPECT_STREQ(Line{"channels=debugcon:1,2,3"}.settings.complaint, "channels=debugcon:1,2,3");
    EXPECT_STREQ(Line{"channels=debugcon:1,2,3,65536"}.settings.complaint,
                 "channels=debugcon:1,2,3,65536");
    EXPECT_STREQ(Line{"tsc_khz=12x max_cores=0"}.settings.complaint, "tsc_khz=12x");
    EXPECT_STREQ(Line{"max_cores=0"}.settings.complaint, "max_cores=0");
}

TEST(CommandLine, ManyEnvironmentWordsFit) {
    std::string text;
    for (int i = 0; i < 200; ++i) {
        text += "env=N" + std::to_string(i) + "=v ";
    }
    const Line line{text + "-- a b"};
    EXPECT_EQ(line.environment().size(), 200u);
    EXPECT_EQ(line.arguments(), (Strings{"application", "a", "b"}));
}

TEST(CommandLine, EnvironmentMayBeQuotedAsAWhole) {
    const Line line{R"("env=A=b c" e"nv=D=" -- x)"};
    EXPECT_EQ(line.environment(), (Strings{"A=b c", "D="}));
    EXPECT_EQ(line.arguments(), (Strings{"application", "x"}));
}

TEST(CommandLine, ChannelsCanBeKnownBeforeTheRest) {
    const Settings early = peek_at_channels("channels=debugcon:1,2,0x502,4 log=info -- a");
    EXPECT_EQ(early.stdout_port, 1);
    EXPECT_EQ(early.control_port, 0x502);
    EXPECT_EQ(early.exit_port, 4);
    EXPECT_EQ(peek_at_channels("channels=debugcon:1,2,3,4").exit_port, 4);
    EXPECT_EQ(peek_at_channels("channels=debugcon:1,2,3").control_port, 0);
    EXPECT_EQ(peek_at_channels("channels=debugcon:1,2,3,4,5").control_port, 0);
    EXPECT_EQ(peek_at_channels("-- channels=debugcon:1,2,3,4").control_port, 0);
    EXPECT_EQ(peek_at_channels("").control_port, 0);
}

} // namespace
} // namespace hermit::init
