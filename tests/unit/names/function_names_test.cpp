#include <names/function_names.hpp>

#include <gtest/gtest.h>

#include <encode.hpp>

#include <random>
#include <string>
#include <vector>

namespace hermit::names {
namespace {

/// "name+offset", or "" if there is none.
std::string find(const std::vector<std::uint8_t>& table, std::uint64_t address) {
    const auto place = FunctionNames{table}.find(address);
    return place ? place->name + ("+" + std::to_string(place->offset)) : "";
}

/// Names that share beginnings and parts, as those of a program do; some longer than a table keeps.
std::vector<Function> many(unsigned count) {
    std::mt19937 random{1};
    const char* const scopes[] = {"hermit::mm::", "hermit::sched::", "std::vector::", "pthread_",
                                  ""};
    const char* const verbs[] = {"allocate", "free", "find", "wait", "initialize", "~"};
    std::vector<Function> functions;
    std::uint32_t address = 0x200000;
    for (unsigned i = 0; i < count; ++i) {
        const std::uint32_t bytes = 1 + random() % (i % 10 == 0 ? 100'000 : 300);
        std::string name = scopes[i * 5 / count] + std::string{verbs[random() % 6]} + "_" +
                           std::to_string(random() % 1000);
        if (i % 97 == 0) {
            name += std::string(300, static_cast<char>('a' + i % 26));
        }
        functions.push_back({address, address + bytes, name});
        address += (bytes + 15) / 16 * 16;
    }
    return functions;
}

TEST(FunctionNames, EveryAddressOfEveryFunction) {
    for (const unsigned count : {1u, 15u, 16u, 17u, 2000u}) {
        const std::vector<Function> functions = many(count);
        const std::vector<std::uint8_t> table = encode(functions);
        EXPECT_EQ(find(table, functions.front().start - 1), "");
        EXPECT_EQ(find(table, 0), "");
        EXPECT_EQ(find(table, functions.back().end), "");
        EXPECT_EQ(find(table, ~std::uint64_t{0}), "");
        for (const Function& function : functions) {
            const std::string name = function.name.substr(0, kLongestName);
            const std::uint32_t last = function.end - 1;
            ASSERT_EQ(find(table, function.start), name + "+0");
            ASSERT_EQ(find(table, last), name + "+" + std::to_string(last - function.start));
        }
    }
}

TEST(FunctionNames, SmallerThanTheNames) {
    const std::vector<Function> functions = many(2000);
    std::size_t bytes = 0;
    for (const Function& function : functions) {
        bytes += function.name.size() + 1 + sizeof(std::uint32_t);
    }
    EXPECT_LT(encode(functions).size(), bytes / 2);
}

TEST(FunctionNames, AnyCharacter) {
    std::string name;
    for (unsigned character = 1; character < 256; ++character) {
        name += static_cast<char>(character);
    }
    const std::vector<Function> functions = {{0x1000, 0x1010, name.substr(0, 100)},
                                             {0x1010, 0x1020, name.substr(100)},
                                             {0x1020, 0x1030, "größer_größer_größer_größer"}};
    const std::vector<std::uint8_t> table = encode(functions);
    EXPECT_EQ(find(table, 0x1008), name.substr(0, 100) + "+8");
    EXPECT_EQ(find(table, 0x1010), name.substr(100) + "+0");
    EXPECT_EQ(find(table, 0x102F), "größer_größer_größer_größer+15");
}

TEST(FunctionNames, NoneAtAll) {
    EXPECT_FALSE(FunctionNames{}.find(0x200000));
    EXPECT_FALSE(FunctionNames{encode({})}.find(0x200000));
    EXPECT_EQ(encode({}).size(), sizeof(Header)); // what hermit.ld has
}

TEST(FunctionNames, TablesThatAreCutShort) {
    const std::vector<std::uint8_t> table = encode(many(40));
    for (std::size_t bytes = 0; bytes < table.size(); ++bytes) {
        const std::vector<std::uint8_t> cut{table.begin(),
                                            table.begin() + static_cast<long>(bytes)};
        EXPECT_FALSE(FunctionNames{cut}.find(0x200000));
    }
}

TEST(FunctionNames, DamagedTables) {
    const std::vector<std::uint8_t> sound = encode(many(100));
    std::mt19937 random{2};
    unsigned differ = 0;
    for (unsigned round = 0; round < 20'000; ++round) {
        std::vector<std::uint8_t> table = sound;
        for (unsigned i = 0; i < 1 + round % 20; ++i) {
            table[random() % table.size()] = static_cast<std::uint8_t>(random());
        }
        const std::uint64_t address = 0x200000 + random() % 0x4000;
        differ += find(table, address) != find(sound, address);
    }
    EXPECT_GT(differ, 1000u);
}

TEST(FunctionNames, PairsThatStandForThemselves) {
    std::vector<std::uint8_t> table = encode(many(2));
    for (unsigned code = 1; code < kCodes; ++code) { // each for two of itself, without an end
        table[sizeof(Header) + 2 * code] = static_cast<std::uint8_t>(code);
        table[sizeof(Header) + 2 * code + 1] = static_cast<std::uint8_t>(code);
    }
    EXPECT_EQ(find(table, 0x200000), "");
}

} // namespace
} // namespace hermit::names
