// Word distance by rapidfuzz-cpp, beside ours, on the pairs that bench/noise writes: a pair a line, kind, clean and noisy text with tabs between.
//   dotnet run -c Release --project bench/noise out/pairs.tsv
//   g++ -O3 -march=native -std=c++17 -I <folder of rapidfuzz-cpp> bench/noise/rapidfuzz.cpp -o out/rapidfuzz && out/rapidfuzz out/pairs.tsv
// Prints pairs a CPU second from text and on words already numbered, and the sums of the distances.
#include <rapidfuzz/distance/Levenshtein.hpp>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using Pair = std::pair<std::string, std::string>;

static void split(std::string_view text, std::vector<uint64_t>& words)
{
    words.clear();
    for (size_t from = 0; from < text.size();)
    {
        auto to = text.find(' ', from);
        if (to == std::string_view::npos) to = text.size();
        if (to > from) words.push_back(std::hash<std::string_view>{}(text.substr(from, to - from)));
        from = to + 1;
    }
}

template <class F> static double best(size_t pairs, F one)
{
    double least = 1e9;
    for (int round = 0; round < 400; round++)
    {
        auto begin = std::clock();
        one();
        least = std::min(least, double(std::clock() - begin) / CLOCKS_PER_SEC);
    }
    return pairs / least;
}

int main(int, char** argv)
{
    std::map<std::string, std::vector<Pair>> kinds;
    std::ifstream file(argv[1]);
    for (std::string line; std::getline(file, line);)
    {
        auto first = line.find('\t'), second = line.find('\t', first + 1);
        kinds[line.substr(0, first)].emplace_back(line.substr(first + 1, second - first - 1), line.substr(second + 1));
    }
    for (auto& [kind, pairs] : kinds)
    {
        int64_t sum = 0, again = 0;
        // From text: cut at spaces, words by their 64-bit hash, as its users do.
        auto text = best(pairs.size(), [&] {
            std::vector<uint64_t> a, b;
            sum = 0;
            for (auto& [clean, noisy] : pairs)
            {
                split(clean, a);
                split(noisy, b);
                sum += rapidfuzz::levenshtein_distance(a, b);
            }
        });
        std::unordered_map<std::string, uint32_t> numbers;
        auto number = [&](const std::string& t) {
            std::vector<uint32_t> words;
            for (size_t from = 0; from < t.size();)
            {
                auto to = std::min(t.find(' ', from), t.size());
                if (to > from) words.push_back(numbers.try_emplace(t.substr(from, to - from), numbers.size()).first->second);
                from = to + 1;
            }
            return words;
        };
        std::vector<std::pair<std::vector<uint32_t>, std::vector<uint32_t>>> ids;
        for (auto& [clean, noisy] : pairs) ids.emplace_back(number(clean), number(noisy));
        auto numbered = best(pairs.size(), [&] {
            again = 0;
            for (auto& [a, b] : ids) again += rapidfuzz::levenshtein_distance(a, b);
        });
        std::cout << kind << '\t' << int64_t(text) << '\t' << int64_t(numbered) << '\t' << sum << '\t' << again << '\n';
    }
}
