using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;

namespace Recon.Discovery.Profiling.Dialects;

/// <summary>The first records of a text, read in one dialect.</summary>
/// <param name="Records">The fields, without the white space around them, long ones cut.</param>
/// <param name="Malformed">Records among them that cannot be read.</param>
internal sealed record SampleTable(IReadOnlyList<string[]> Records, int Malformed)
{
    private const int MostRecords = 2_000;
    private const int LongestField = 512;
    private const int LongestRecord = 1024 * 1024;
    private const int Window = 64 * 1024;

    /// <param name="text">As UTF-8.</param>
    /// <param name="isWhole">Whether nothing follows: what is open at the end is then malformed.</param>
    public static async Task<SampleTable> ReadAsync(ReadOnlyMemory<byte> text, CsvDialect dialect, bool isWhole, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(text.ToArray(), writable: false);
        Utf8Source source = await Utf8Source.OpenAsync(
            new SourceFile("-", "sample", null, InputKind.StandardInput), stream, new CsvBlockDefinition(), cancellationToken);
        await using RecordReader records = new(source, dialect, LongestRecord, Window);
        List<string[]> rows = [];
        int malformed = 0;
        int malformedSince = 0;
        await records.FillAsync(cancellationToken);
        while (rows.Count + malformed < MostRecords)
        {
            switch (records.TryNext())
            {
                case RecordStatus.NeedMore:
                    await records.FillAsync(cancellationToken);
                    break;
                case RecordStatus.Malformed:
                    malformed++;
                    malformedSince++;
                    break;
                case RecordStatus.Record:
                    rows.Add(Fields(records));
                    malformedSince = 0;
                    break;
                case RecordStatus.End:
                    return isWhole ? new(rows, malformed) : new(rows.Count > 1 && malformedSince == 0 ? rows[..^1] : rows, malformed - malformedSince);
            }
        }

        return new(rows, malformed);
    }

    private static string[] Fields(RecordReader records)
    {
        string[] fields = new string[records.FieldCount];
        for (int index = 0; index < fields.Length; index++)
        {
            ReadOnlySpan<byte> field = Utf8WhiteSpace.Trim(records.Field(index));
            fields[index] = Encoding.UTF8.GetString(field[..Math.Min(field.Length, LongestField)]);
        }

        return fields;
    }
}
