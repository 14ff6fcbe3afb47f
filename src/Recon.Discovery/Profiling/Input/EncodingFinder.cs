using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;

namespace Recon.Discovery.Profiling.Input;

/// <summary>Finds the encoding of a file.</summary>
internal static class EncodingFinder
{
    private const double FewestValid = 0.9;
    private const double ClearMargin = 0.5;
    private const double Near = 1;
    private const double ReadsWell = 0.5;
    private const int FewestLetters = 8;
    private const int MostOthers = 2;
    private const int ManyTimes = 4;
    private const char FirstGreek = '\u0370';
    private const string Western = "windows-1252";

    // A thousand times likelier.
    private const double ClearLikelihood = 7;

    // The logarithm of a letter's share in a language, in the mean, above which it is one of that language.
    private const double OfALanguage = -3;

    /// <summary>UTF-16, which decides where lines end.</summary>
    /// <param name="head">The first bytes.</param>
    /// <returns><see langword="null"/> where it is another encoding.</returns>
    public static Found<string>? FindUtf16(ReadOnlySpan<byte> head)
    {
        switch (head)
        {
            case [0xFF, 0xFE, 0, 0, ..]:
                return null;
            case [0xFF, 0xFE, ..]:
                return Sure("utf-16le", "the byte order mark says so");
            case [0xFE, 0xFF, ..]:
                return Sure("utf-16be", "the byte order mark says so");
        }

        int[] zeros = new int[2];
        int controls = 0;
        for (int at = 0; at < head.Length; at++)
        {
            zeros[at % 2] += head[at] == 0 ? 1 : 0;
            controls += head[at] is (>= 2 and <= 8) or (>= 0x0E and <= 0x19) && (at ^ 1) < head.Length && head[at ^ 1] == 0 ? 1 : 0;
        }

        // Delimiters, digits, spaces and line ends have a zero byte in every script.
        int most = Math.Max(zeros[0], zeros[1]);
        int least = Math.Min(zeros[0], zeros[1]);
        return most * 20 < head.Length || controls * 20 > head.Length || least * 20 > most || head.Length < 4 ? null
            : Sure(
                zeros[0] > zeros[1] ? "utf-16be" : "utf-16le",
                $"there is no byte order mark, and {CountText.Show(most)} of the first {CountText.Show(head.Length)} bytes are zeros, {(zeros[0] > zeros[1] ? "before" : "behind")} the other byte of a character");
    }

    /// <summary>Any other encoding.</summary>
    /// <param name="head">The first bytes.</param>
    public static async Task<Found<string>> FindAsync(byte[] head, SampledInput input, CancellationToken cancellationToken)
        => Find(head is [0xEF, 0xBB, 0xBF, ..], await ByteCensus.TakeAsync(input, cancellationToken));

    private static Found<string> Find(bool isMarked, ByteCensus census)
    {
        if (isMarked)
        {
            return census.Invalid == 0 ? Sure("utf-8", "the byte order mark says so")
                : new("utf-8", false, $"the byte order mark says so, but {Broken(census)}", []);
        }

        if (census.Beyond == 0)
        {
            return Sure("utf-8", "all bytes that were looked at are ASCII, which every encoding reads alike");
        }

        if (census.Invalid == 0)
        {
            return Sure("utf-8", $"{CountText.Show(census.Characters, "character")} beyond ASCII, and all of them are valid UTF-8");
        }

        IReadOnlyList<(string Name, double Score, string Text)> readings = EncodingGuess.Rank(census.Lines);
        if (census.Characters >= FewestValid * (census.Characters + census.Invalid))
        {
            return new("utf-8", false, Broken(census), []);
        }

        if (readings.Count == 0)
        {
            return new("utf-8", false, $"it cannot be read in any usual encoding; as UTF-8, {Broken(census)}", []);
        }

        (readings, bool isKnown) = ByLanguage(readings);
        readings = WesternFirst(readings);
        (string name, double score, string text) = readings[0];
        double likelihood = LetterModel.Likelihood(text, out int letters);
        OtherReading<string>[] others =
        [
            .. readings.Skip(1).Where(other => score - other.Score < ClearMargin && (!isKnown || likelihood - LetterModel.Likelihood(other.Text, out _) < ClearLikelihood))
                .Take(MostOthers).Select(Other),
        ];
        bool clear = others.Length == 0 && letters >= FewestLetters && (score >= ReadsWell || (isKnown && likelihood > letters * OfALanguage));
        return new(
            name,
            clear,
            $"{CountText.Show(census.Beyond, "byte")} beyond ASCII that {(census.Beyond == 1 ? "is" : "are")} not UTF-8; as {name}, {(letters == 0 ? "they are signs that texts have" : "letters with accents stand where words have them")}{(census.Beyond < FewestLetters ? $"; {(census.Beyond == 1 ? "one byte says" : "so few bytes say")} little" : "")}",
            clear ? [] : Likely(readings));
    }

    // Of readings that place their letters nearly as well, the one whose letters a language has comes first.
    private static (IReadOnlyList<(string Name, double Score, string Text)> Readings, bool IsKnown) ByLanguage(IReadOnlyList<(string Name, double Score, string Text)> readings)
    {
        bool isKnown = readings[0].Text.Count(character => character is >= '\u00C0' and < '\u0500') * 2 >= readings[0].Text.Count(character => character >= '\u00A0');
        double near = readings[0].Score - Near;
        return !isKnown ? (readings, false)
            : ([.. readings.OrderByDescending(reading => reading.Score >= near).ThenByDescending(reading => reading.Score < near ? 0 : LetterModel.Likelihood(reading.Text, out _)).ThenByDescending(reading => reading.Score)], true);
    }

    // A few signs among words of ASCII letters are hardly of another script: a euro sign of one encoding is a letter of another.
    private static IReadOnlyList<(string Name, double Score, string Text)> WesternFirst(IReadOnlyList<(string Name, double Score, string Text)> readings)
    {
        string text = readings[0].Text;
        int foreign = text.Count(character => character >= FirstGreek && char.IsLetter(character));
        return foreign == 0 || foreign >= FewestLetters || text.Count(char.IsAsciiLetter) < foreign * ManyTimes || !readings.Any(reading => reading.Name == Western)
            ? readings
            : [.. readings.OrderByDescending(reading => reading.Name == Western)];
    }

    // The next ones, and what exports of western countries are in, whatever its letters.
    private static OtherReading<string>[] Likely(IReadOnlyList<(string Name, double Score, string Text)> readings)
    {
        (string Name, double Score, string Text)[] next = [.. readings.Skip(1)];
        int western = Array.FindIndex(next, reading => reading.Name == Western);
        return [.. (western < MostOthers ? next.Take(MostOthers) : next.Take(MostOthers - 1).Append(next[western])).Select(Other)];
    }

    private static Found<string> Sure(string name, string evidence) => new(name, true, evidence, []);

    private static OtherReading<string> Other((string Name, double Score, string Text) reading)
        => new(reading.Name, $"every byte is a character of {reading.Name}");

    private static string Broken(ByteCensus census)
        => $"{CountText.Show(census.Invalid, "sequence")} of bytes {(census.Invalid == 1 ? "is" : "are")} not valid UTF-8, beside {CountText.Show(census.Characters, "character")} that {(census.Characters == 1 ? "is" : "are")}; the first is at byte {census.FirstInvalid}";
}
