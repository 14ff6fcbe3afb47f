using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Discovery.Profiling.Dialects;

/// <summary>Finds delimiter, quote, escape and record separator: reads a text in every dialect that its characters allow.</summary>
internal static class DialectFinder
{
    private const double Clear = 0.9;
    private const double Same = 0.995;
    private const int FewestEscapes = 3;
    private const string UnitSeparator = "unit-separator";

    // The likelier first: of dialects in which a text reads alike, the first is taken.
    private static readonly string[] s_delimiters = [",", ";", "tab", "|", UnitSeparator, "record-separator", "group-separator", "file-separator", "\u0001", "^", "~", "#", ":", "\u0002", "\u0007"];

    /// <param name="text">The beginning of a file, as UTF-8.</param>
    /// <param name="isWhole">Whether it is the whole file.</param>
    /// <param name="named">The delimiter that somebody named; null to find it.</param>
    public static async Task<FoundDialect> FindAsync(ReadOnlyMemory<byte> text, bool isWhole, string? named, CancellationToken cancellationToken)
    {
        string? hint = HintOf(text.Span);
        ReadOnlyMemory<byte> table = text[LengthOfHint(text.Span, hint)..];
        List<Candidate> candidates = [];
        foreach (Candidate candidate in Candidates(table))
        {
            SampleTable sample = await SampleTable.ReadAsync(table, candidate.Dialect, isWhole, cancellationToken);
            candidates.Add(candidate with { Score = DialectScore.Of(sample) });
        }

        if (named is not null && candidates.Exists(candidate => candidate.Delimiter == named))
        {
            candidates.RemoveAll(candidate => candidate.Delimiter != named);
        }

        Candidate best = Escaping(Best(candidates), candidates, table.Span);
        if (hint is not null && candidates.Any(candidate => candidate.Delimiter == hint))
        {
            best = Best(candidates.Where(candidate => candidate.Delimiter == hint));
        }

        return best.Score.Fields <= 1 && hint is null
            ? OneColumn(best, candidates, table.Span)
            : new(Delimiter(best, candidates, hint, named), Quote(best, candidates, table.Span), Escape(best, candidates, table.Span), best.RecordSeparator, hint);
    }

    // Where both ways to escape read alike, and every backslash is one that escapes, it does. \N alone is a null spelling, too.
    private static Candidate Escaping(Candidate best, List<Candidate> candidates, ReadOnlySpan<byte> text)
    {
        int escapes = 0;
        for (int at = text.IndexOf((byte)'\\'); at >= 0 && at + 1 < text.Length;)
        {
            byte next = text[at + 1];
            if (!"\\\"'nrtN0bfvZ\n\r"u8.Contains(next) && next != CsvDialect.Character(best.Delimiter))
            {
                return best;
            }

            escapes += next == (byte)'N' ? 0 : 1;
            int further = text[(at + 2)..].IndexOf((byte)'\\');
            at = further < 0 ? -1 : at + 2 + further;
        }

        return escapes < FewestEscapes ? best
            : candidates.Where(other => other.Delimiter == best.Delimiter && other.Escape == FieldEscape.Backslash && other.RecordSeparator == best.RecordSeparator && other.Score.Fitting >= best.Score.Fitting)
                .MaxBy(other => other.Score.Points) ?? best;
    }

    private static Candidate Best(IEnumerable<Candidate> candidates)
        => candidates.Aggregate((best, next) => next.Score.Points * Same > best.Score.Points ? next : best);

    private static Found<string> Delimiter(Candidate best, List<Candidate> candidates, string? hint, string? named)
    {
        string fields = $"{CountText.Show(best.Score.Fitting)} of {CountText.Show(best.Score.Records, "record")} have the same number of fields, {best.Score.Fields}";
        if (hint is not null)
        {
            return new(hint, true, $"the first line, \"sep=\", says so, and {fields}", []);
        }

        if (best.Delimiter == named)
        {
            return new(best.Delimiter, true, $"as somebody answered; {fields}", []);
        }

        // One that splits all records into equally many fields is a reading, however many of another's values it cuts.
        OtherReading<string>[] others =
        [
            .. candidates.Where(other => other.Delimiter != best.Delimiter && other.Score.Fields > 1 && (other.Score.Points > best.Score.Points * Clear || SplitsAlike(other, best)))
                .OrderByDescending(other => other.Score.Points).DistinctBy(other => other.Delimiter).Take(2)
                .Select(other => new OtherReading<string>(other.Delimiter, $"{CountText.Show(other.Score.Fitting)} of {CountText.Show(other.Score.Records, "record")} have {other.Score.Fields} fields")),
        ];
        return new(best.Delimiter, others.Length == 0 && best.Score.Fitting * 2 > best.Score.Records, fields, others);
    }

    private static bool SplitsAlike(Candidate other, Candidate best)
        => other.Delimiter is "," or ";" or "tab" or "|" && other.Score.Fitting == other.Score.Records && other.Score.Fitting >= best.Score.Fitting && other.Score.Fields >= best.Score.Fields;

    private static Found<string> Quote(Candidate best, List<Candidate> candidates, ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAny((byte)'"', (byte)'\'') || (best.Quote == "\"" && !text.Contains((byte)'"')))
        {
            return new("\"", true, "no quote occurs", []);
        }

        OtherReading<string>[] others =
        [
            .. candidates.Where(other => other.Delimiter == best.Delimiter && other.Escape == best.Escape && other.Quote != best.Quote && other.Score.Points >= best.Score.Points * Same)
                .DistinctBy(other => other.Quote).Take(1)
                .Select(other => new OtherReading<string>(other.Quote, $"{CountText.Show(other.Score.Fitting)} of {CountText.Show(other.Score.Records, "record")} fit, too")),
        ];
        int malformed = best.Score.Records - best.Score.Fitting;
        string fitting = malformed == 0 ? "all records that were looked at read well so" : $"{CountText.Show(best.Score.Fitting)} of {CountText.Show(best.Score.Records, "record")} read well so";
        return new(best.Quote, others.Length == 0, fitting, others);
    }

    private static Found<FieldEscape> Escape(Candidate best, List<Candidate> candidates, ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\'))
        {
            return new(FieldEscape.Doubled, true, "no backslash occurs", []);
        }

        FieldEscape otherwise = best.Escape == FieldEscape.Doubled ? FieldEscape.Backslash : FieldEscape.Doubled;
        Candidate? other = candidates.Find(candidate => candidate.Delimiter == best.Delimiter && candidate.Quote == best.Quote && candidate.Escape == otherwise && candidate.RecordSeparator == best.RecordSeparator);
        bool isOpen = other is not null && other.Score.Fitting >= best.Score.Fitting && (best.Escape == FieldEscape.Backslash || text.IndexOf("\\N"u8) >= 0);
        return new(
            best.Escape,
            !isOpen,
            $"{CountText.Show(best.Score.Fitting)} of {CountText.Show(best.Score.Records, "record")} read well so{(isOpen && best.Escape == FieldEscape.Backslash ? ", and every backslash stands before a character that it escapes" : "")}",
            isOpen ? [new(otherwise, best.Escape == FieldEscape.Backslash ? "the records read well so, too: backslashes would then be text" : "\\N occurs, which is no value where a backslash escapes")] : []);
    }

    // A delimiter that occurs nowhere, so that nothing is split.
    private static FoundDialect OneColumn(Candidate best, List<Candidate> candidates, ReadOnlySpan<byte> text)
    {
        string delimiter = "\u0001";
        foreach (string one in s_delimiters)
        {
            if (!Holds(text, one))
            {
                delimiter = one;
                break;
            }
        }

        OtherReading<string>[] others =
        [
            .. candidates.Where(other => other.Score.Fields > 1 && other.Score.Points > best.Score.Points / 2).OrderByDescending(other => other.Score.Points).DistinctBy(other => other.Delimiter).Take(2)
                .Select(other => new OtherReading<string>(other.Delimiter, $"{CountText.Show(other.Score.Fitting)} of {CountText.Show(other.Score.Records, "record")} have {other.Score.Fields} fields")),
        ];
        Candidate own = candidates.Find(other => other.Delimiter == best.Delimiter && other.Quote == "\"" && other.Escape == FieldEscape.Doubled && other.Score.Points >= best.Score.Points * Same) ?? best;
        return new(
            new(delimiter, others.Length == 0, "no delimiter splits the records into equally many fields, so they have one; this character does not occur", others),
            Quote(own, [own], text),
            new(FieldEscape.Doubled, true, "there is one column", []),
            null,
            null);
    }

    private static IEnumerable<Candidate> Candidates(ReadOnlyMemory<byte> text)
    {
        string? none = s_delimiters.FirstOrDefault(delimiter => !Holds(text.Span, delimiter));
        foreach (string delimiter in s_delimiters)
        {
            // One that does not occur stands for a file with one column.
            if (CsvDialect.Character(delimiter) is not byte value || (delimiter != none && !Holds(text.Span, delimiter)))
            {
                continue;
            }

            foreach (string quote in Quotes(text.Span, value))
            {
                foreach (FieldEscape escape in Escapes(text.Span, value))
                {
                    yield return new(delimiter, quote, escape, null);
                    if (delimiter == UnitSeparator && text.Span.Count((byte)0x1E) > 1)
                    {
                        yield return new(delimiter, quote, escape, "record-separator");
                    }
                }
            }
        }
    }

    private static bool Holds(ReadOnlySpan<byte> text, string delimiter) => CsvDialect.Character(delimiter) is byte value && text.Contains(value);

    private static List<string> Quotes(ReadOnlySpan<byte> text, byte delimiter)
    {
        List<string> quotes = ["\""];
        if (text.Contains((byte)'"'))
        {
            quotes.Add(CsvDialect.NoQuote);
        }

        if (text.IndexOf([delimiter, (byte)'\'']) >= 0 || text.IndexOf("\n'"u8) >= 0 || text.StartsWith("'"u8))
        {
            quotes.Add("'");
        }

        return quotes;
    }

    private static FieldEscape[] Escapes(ReadOnlySpan<byte> text, byte delimiter)
        => text.IndexOf("\\\""u8) >= 0 || text.IndexOf("\\'"u8) >= 0 || text.IndexOf([(byte)'\\', delimiter]) >= 0 || text.IndexOf("\\N"u8) >= 0 || text.IndexOf("\\\n"u8) >= 0 || text.IndexOf("\\\r"u8) >= 0 || text.IndexOf("\\n"u8) >= 0 || text.IndexOf("\\t"u8) >= 0 || text.IndexOf("\\\\"u8) >= 0
            ? [FieldEscape.Doubled, FieldEscape.Backslash] : [FieldEscape.Doubled];

    private static string? HintOf(ReadOnlySpan<byte> text)
    {
        text = text.StartsWith(Encoding.UTF8.Preamble) ? text[3..] : text;
        int end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return end is 5 or 7 && text[..end] is [(byte)'s' or (byte)'S', (byte)'e' or (byte)'E', (byte)'p' or (byte)'P', (byte)'=', ..] or [(byte)'"', (byte)'s', (byte)'e', (byte)'p', (byte)'=', ..]
            ? (char)text[text[0] == '"' ? 5 : 4] is char one && one == '\t' ? "tab" : CsvDialect.Character(one.ToString()) is null ? null : one.ToString()
            : null;
    }

    private static int LengthOfHint(ReadOnlySpan<byte> text, string? hint)
        => hint is null ? 0 : LineBreaks.After(text, text.IndexOfAny((byte)'\r', (byte)'\n'));

    private sealed record Candidate(string Delimiter, string Quote, FieldEscape Escape, string? RecordSeparator)
    {
        public DialectScore Score { get; init; }

        public CsvDialect Dialect { get; } = CsvDialect.Of(new CsvBlockDefinition { Delimiter = Delimiter, Quote = Quote, Escape = Escape, RecordSeparator = RecordSeparator });
    }
}
