using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Text;
using Recon.Discovery.Profiling.Dialects;
using Recon.Discovery.Profiling.Input;

namespace Recon.Discovery.Profiling;

/// <summary>Finds out how a file is written and what it holds, from the file alone.</summary>
internal static class FileProfiler
{
    private const int HeadBytes = 64 * 1024;
    private const int DialectBytes = 768 * 1024;
    private const int Window = 64 * 1024;

    /// <summary>Looks at a file; memory does not grow with its size.</summary>
    /// <param name="path">As the user named it.</param>
    /// <exception cref="InputException">It cannot be used: it is missing, empty, or no table of texts. The message says what to do.</exception>
    public static async Task<FileSample> ReadAsync(string path, ProfileOptions options, CancellationToken cancellationToken)
    {
        var input = SampledInput.Open(path, options.MostBytes);
        byte[] head = input.ReadHead(HeadBytes);
        Found<string>? utf16 = EncodingFinder.FindUtf16(head);
        NoText.Refuse(path, head, utf16 is not null);
        await input.DivideAsync(
            utf16 is null || TextEncoding.Find(utf16.Value) is not { } wide ? SampledLines.OfBytes : SampledLines.Of(wide), cancellationToken);
        Found<string> encoding = utf16 ?? (options.Encoding is { } named ? Named(named) : await EncodingFinder.FindAsync(head, input, cancellationToken));
        Func<int, Stream> open = encoding is { Value: "utf-8", IsCertain: false } ? part => new ReplacingStream(input.OpenPart(part)) : input.OpenPart;

        (byte[] text, bool isWhole) = await ReadTextAsync(input, encoding.Value, open, cancellationToken);
        FoundDialect dialect = await DialectFinder.FindAsync(text, isWhole, options.Delimiter, cancellationToken);
        if (dialect.RecordSeparator is not null && dialect.Dialect.RecordSeparator is byte separator)
        {
            await input.DivideAsync(SampledLines.OfBytes with { Separator = separator }, cancellationToken);
        }

        var table = await SampleTable.ReadAsync(text, dialect.Dialect, isWhole, cancellationToken);
        int hint = dialect.Hint is null ? 0 : 1;
        IReadOnlyList<string[]> records = [.. table.Records.Skip(hint)];
        if (records.Count == 0)
        {
            throw new InputException($"{path} has no record that can be read: {CountText.Show(table.Malformed, "line")} {(table.Malformed == 1 ? "is" : "are")} malformed. Is it a CSV file?");
        }

        int titles = HeaderFinder.Titles(records);
        records = [.. records.Skip(titles)];
        Found<bool> header = options.Header is { } said ? Named(said) : HeaderFinder.Find(records);
        (string[] names, int least, int missing) = Names(records, header.Value);
        TableReading reading = await TableReading.ReadAsync(
            input, encoding.Value, open, dialect.Dialect, hint + titles + (header.Value ? 1 : 0), names, least, options, cancellationToken);
        return new TableProfile(reading, names).Make(profile => new FileProfile
        {
            Path = path,
            Bytes = input.Bytes,
            BytesSeen = input.BytesSeen,
            Records = reading.Records,
            Malformed = reading.Malformed.Values.Sum(),
            Encoding = encoding,
            Delimiter = dialect.Delimiter,
            Quote = dialect.Quote,
            Escape = dialect.Escape,
            RecordSeparator = dialect.RecordSeparator,
            Header = header,
            Nulls = profile.Nulls,
            Columns = profile.Columns,
            Damage = profile.Damage,
            Notes = [.. FileNotes.Of(input, encoding, dialect, titles, missing, header.Value ? names : [], profile.Columns)],
        });
    }

    private static Found<T> Named<T>(T value) => new(value, true, "as somebody answered", []);

    // Nameless columns at the end may be missing in the records.
    private static (string[] Names, int Least, int Missing) Names(IReadOnlyList<string[]> records, bool header)
    {
        int usual = records.GroupBy(record => record.Length).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;
        if (!header)
        {
            return ([.. Enumerable.Range(1, usual).Select(number => $"column{number}")], usual, 0);
        }

        string[] names = records[0];
        int missing = records.Skip(1).Any(record => record.Length == names.Length) ? 0 : Math.Max(0, usual - names.Length);

        // What has no name is the last field, where it is empty, or the names of rows in front.
        bool isLast = missing == 0 || records.Skip(1).All(record => record.Length < usual || record[names.Length..].All(field => field.Length == 0));
        string[] nameless = [.. Enumerable.Repeat("", missing)];
        return (isLast ? [.. names, .. nameless] : [.. nameless, .. names], missing > 0 ? usual : Math.Max(1, Array.FindLastIndex(names, name => name.Length > 0) + 1), missing);
    }

    private static async Task<(byte[] Text, bool IsWhole)> ReadTextAsync(SampledInput input, string encoding, Func<int, Stream> open, CancellationToken cancellationToken)
    {
        await using Stream stream = open(0);
        Utf8Source source = await Utf8Source.OpenAsync(
            new SourceFile("-", input.Name, null, InputKind.StandardInput), stream, new CsvBlockDefinition { Encoding = encoding }, cancellationToken);
        using MemoryStream text = new();
        byte[] window = new byte[Window];
        while (text.Length < DialectBytes)
        {
            int read = await source.ReadAsync(window, cancellationToken);
            if (read == 0)
            {
                return (text.ToArray(), input.Parts.Count == 1 && input.IsWhole);
            }

            await text.WriteAsync(window.AsMemory(0, read), cancellationToken);
        }

        return (text.ToArray(), false);
    }
}
