using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;
using Recon.Discovery.Profiling.Columns;
using Recon.Discovery.Profiling.Input;

namespace Recon.Discovery.Profiling;

/// <summary>Reads the parts of a file once, in its dialect: counts the values of each column and keeps records.</summary>
internal sealed class TableReading
{
    private const int Window = 256 * 1024;

    private readonly string[] _names;
    private readonly int _least;
    private readonly int _most;
    private readonly RowKeeper _keeper;

    private TableReading(string[] names, int least, int most, ProfileOptions options)
    {
        (_names, _least, _most) = (names, least, most);
        var room = new TallyRoom(names.Length);
        Tallies = [.. names.Select(_ => new ColumnTally(room))];
        _keeper = new RowKeeper(options);
    }

    /// <summary>Records, malformed ones among them; without the header.</summary>
    public long Records { get; private set; }

    /// <summary>Records that can be read.</summary>
    public long Good { get; private set; }

    /// <summary>Records that cannot be read, by reason.</summary>
    public Dictionary<string, long> Malformed { get; } = [];

    public IReadOnlyList<ColumnTally> Tallies { get; }

    public IReadOnlyList<string?[]> Rows => _keeper.Rows;

    /// <param name="encoding">The encoding of the bytes that <paramref name="open"/> gives.</param>
    /// <param name="open">Opens a part, by its index.</param>
    /// <param name="skip">Records at the start of the file that are no data.</param>
    /// <param name="names">The columns.</param>
    /// <param name="least">Fewest fields of a record that is not malformed.</param>
    public static async Task<TableReading> ReadAsync(
        SampledInput input, string encoding, Func<int, Stream> open, CsvDialect dialect, int skip, string[] names, int least, ProfileOptions options, CancellationToken cancellationToken)
    {
        var reading = new TableReading(names, least, names.Length, options);
        var csv = new CsvBlockDefinition { Encoding = encoding };
        for (int part = 0; part < input.Parts.Count; part++)
        {
            await using Stream stream = open(part);
            Utf8Source source = await Utf8Source.OpenAsync(new SourceFile("-", input.Name, null, InputKind.StandardInput), stream, csv, cancellationToken);
            await using RecordReader records = new(source, dialect, csv.MaxRecordBytes, Window);
            await reading.ReadPartAsync(records, part == 0 ? skip : 0, isFirst: part == 0, isLast: part == input.Parts.Count - 1 && input.IsWhole, cancellationToken);
        }

        return reading;
    }

    private async Task ReadPartAsync(RecordReader records, int skip, bool isFirst, bool isLast, CancellationToken cancellationToken)
    {
        // A part that starts or ends within a quoted text begins or ends with lines that are no records.
        bool isInStep = isFirst;
        Dictionary<string, long> open = [];
        await records.FillAsync(cancellationToken);
        while (true)
        {
            RecordStatus status = records.TryNext();
            if (status == RecordStatus.NeedMore)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await records.FillAsync(cancellationToken);
                continue;
            }

            if (status == RecordStatus.End)
            {
                break;
            }

            if (skip > 0)
            {
                skip -= status == RecordStatus.Record ? 1 : 0;
                continue;
            }

            string? reason = status == RecordStatus.Malformed ? records.Reason : records.FieldCount < _least || records.FieldCount > _most ? RejectReasons.FieldCount : null;
            if (reason is not null)
            {
                open[reason] = open.GetValueOrDefault(reason) + 1;
                continue;
            }

            if (isInStep)
            {
                Charge(open);
            }

            open.Clear();
            isInStep = true;
            Records++;
            Good++;
            Take(records);
        }

        if (isLast && isInStep)
        {
            Charge(open);
        }
    }

    private void Charge(Dictionary<string, long> open)
    {
        foreach ((string reason, long count) in open)
        {
            Records += count;
            Malformed[reason] = Malformed.GetValueOrDefault(reason) + count;
        }
    }

    private void Take(RecordReader records)
    {
        bool kept = _keeper.Wants();
        string?[] row = kept ? new string?[_names.Length] : [];
        long characters = 0;
        int fields = Math.Min(records.FieldCount, _names.Length);
        for (int column = 0; column < fields; column++)
        {
            ReadOnlySpan<byte> raw = records.Field(column);
            ReadOnlySpan<byte> value = Utf8WhiteSpace.Trim(raw);
            if (value.IsEmpty)
            {
                continue;
            }

            ValueEntry? entry = Tallies[column].Add(raw, value);
            if (kept)
            {
                row[column] = entry?.Text ?? Encoding.UTF8.GetString(value);
                characters += entry is null ? value.Length : 0;
            }
        }

        if (kept)
        {
            _keeper.Keep(row, characters);
        }
    }
}
