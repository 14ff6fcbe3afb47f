using System.Text;
using Npgsql;
using Recon.Dataflow;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs;

namespace Recon.Postgres.Queries.Review;

/// <summary>A record as it stands in the file.</summary>
/// <param name="Line">The line on which it starts, from 1.</param>
/// <param name="Cells">Its cells under their names.</param>
/// <param name="Chosen">The row as a decision takes it.</param>
internal sealed record SourceRow(string File, long Line, IReadOnlyList<KeyValuePair<string, string>> Cells, ChosenRow Chosen);

/// <summary>The rows of the file with one legacy id.</summary>
/// <param name="Differing">The columns in which they differ by meaning.</param>
/// <param name="WhyNone">Why they cannot be shown; <see langword="null"/> where they are.</param>
internal sealed record SourceRowSet(IReadOnlyList<SourceRow> Rows, IReadOnlyList<string> Differing, string? WhyNone)
{
    public static SourceRowSet None(string why) => new([], [], why);
}

/// <summary>Reads records again from the files of a pipeline: staged rows do not hold those that were folded or disagree.</summary>
internal sealed class SourceRows(RunContext context)
{
    private ValidPipeline Pipeline => context.Pipeline;

    /// <summary>Reads the rows with some legacy ids: the input is read once, to its end.</summary>
    /// <returns>The rows by legacy id; an id that the input does not hold is not among them.</returns>
    /// <exception cref="InputException">The input cannot be read.</exception>
    public async Task<Dictionary<string, SourceRowSet>> FindAsync(IReadOnlySet<string> legacyIds, string? fingerprint, CancellationToken token)
    {
        RequireFile();
        var seen = new Seen();
        await using BatchReader reader = await OpenAsync(new Dictionary<long, SourceRange>(), legacyIds, seen, token);
        if (fingerprint is not null && reader.Mark?.Fingerprint != fingerprint)
        {
            throw new InputException("The file is not the one any more that the run has read. 'recon run' reads the new one.");
        }

        ReconciliationPlan plan = Compile(reader);
        Dictionary<string, List<(SourceRow Row, byte[][] Fields)>> found = new(StringComparer.Ordinal);
        while (await reader.ReadAsync(token) is { } batch)
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    string id = Encoding.UTF8.GetString(batch.Field(row, plan.IdColumn));
                    byte[][] fields = [.. Enumerable.Range(0, batch.Columns.Count).Select(column => batch.Field(row, column).ToArray())];
                    (found.TryGetValue(id, out List<(SourceRow Row, byte[][] Fields)>? rows) ? rows : found[id] = [])
                        .Add((RowOf(plan, reader, batch, row, seen), fields));
                }
            }
        }

        var comparer = new RepeatComparer(plan);
        return found.ToDictionary(each => each.Key, each => new SourceRowSet([.. each.Value.Select(row => row.Row)], Differing(comparer, each.Value), null));
    }

    /// <summary>Reads the record that starts on a line: from the batch that a run has read it in, no more.</summary>
    /// <returns>The record; <see langword="null"/> when the file does not hold it there any more, or cannot be read.</returns>
    public async Task<SourceRow?> ReadAsync(NpgsqlConnection connection, string legacyId, Guid run, string fingerprint, string? file, long line, CancellationToken token)
    {
        if (context.ReadsStandardInput)
        {
            return null;
        }

        List<SourceRange> ranges = await SqlText.Of($"""
            select file, start_byte, end_byte, start_line, end_line from {context.Tables.Ledger}
            where pipeline = $1 and run_id = $2 and batch > 0 and start_line <= $3 and end_line > $3
            """).ListAsync(
                connection,
                row => new SourceRange(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)),
                token,
                SqlValue.Of(Pipeline.Name),
                SqlValue.Of(run),
                SqlValue.Of(line));
        foreach (SourceRange range in ranges)
        {
            try
            {
                var seen = new Seen();

                // What comes before the batch counts as read.
                SourceRange before = range with { StartByte = 0, EndByte = range.StartByte, StartLine = 1, EndLine = range.StartLine };
                Dictionary<long, SourceRange> resume = range.StartByte > 0 && range.StartLine > 2 ? new() { [1] = before } : [];
                await using BatchReader reader = await OpenAsync(resume, new HashSet<string>(StringComparer.Ordinal) { legacyId }, seen, token);
                if (reader.Mark?.Fingerprint != fingerprint || range.File >= reader.Files.Count || (!string.IsNullOrEmpty(file) && reader.Files[range.File].Name != file))
                {
                    continue;
                }

                using RecordBatch? batch = await reader.ReadAsync(token);
                for (int row = 0; row < (batch?.RowCount ?? 0); row++)
                {
                    if (batch!.Line(row) == line && batch.Range.File == range.File)
                    {
                        return RowOf(Compile(reader), reader, batch, row, seen);
                    }
                }
            }
            catch (Exception gone) when (gone is InputException or InputUnavailableException)
            {
                return null; // Without its file a record is shown as it is staged.
            }
        }

        return null;
    }

    private ReconciliationPlan Compile(BatchReader reader) => ReconciliationPlan.Compile(
        Pipeline,
        new ConversionContext(context.Request.Definition.Defaults, context.Request.BaseDirectory, context.Request.Definition.AllowPathsOutside),
        reader.MissingColumns,
        new HashSet<string>());

    private static SourceRow RowOf(ReconciliationPlan plan, BatchReader reader, RecordBatch batch, int row, Seen seen)
    {
        string file = reader.Files[batch.Range.File].Name;
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach ((int column, _) in plan.LegacyProperties)
        {
            if (!batch.Field(row, column).IsEmpty)
            {
                values[plan.Columns.Source.Names[column]] = Encoding.UTF8.GetString(batch.Field(row, column));
            }
        }

        return new SourceRow(
            file, batch.Line(row), seen.Take(batch.Range.File, batch.ByteOffset(row)), new ChosenRow(batch.Line(row), reader.Files.Count > 1 ? file : null, values));
    }

    private void RequireFile()
    {
        if (context.ReadsStandardInput)
        {
            throw new InputException("The run read its records from standard input, which cannot be read again.");
        }
    }

    private ValueTask<BatchReader> OpenAsync(
        IReadOnlyDictionary<long, SourceRange> resume, IReadOnlySet<string> ids, IReadObserver observer, CancellationToken token)
    {
        PipelineColumns columns = PipelineColumns.Of(Pipeline);
        CsvBlockDefinition csv = context.Request.Input is { } path ? Pipeline.Csv with { Path = ObjectAddress.Absolute(path) } : Pipeline.Csv;
        return BatchReader.OpenAsync(
            csv,
            Pipeline.Batch,
            context.Request.Definition.Defaults,
            columns.Source,
            new BatchReaderOptions
            {
                BaseDirectory = context.Request.BaseDirectory,
                AllowPathsOutside = context.Request.Input is not null || context.Request.Definition.AllowPathsOutside,
                Objects = context.Request.Objects,
                ValidateUpFront = false,
                Ids = ids,
                Observer = observer,
                OptionalColumns = columns.OptionalSource,
                ResumeFrom = resume,
            },
            token);
    }

    private static List<string> Differing(RepeatComparer comparer, List<(SourceRow Row, byte[][] Fields)> rows)
    {
        SortedSet<string> differing = new(StringComparer.OrdinalIgnoreCase);
        foreach ((SourceRow Row, byte[][] Fields) other in rows.Skip(1))
        {
            comparer.Compare(rows[0].Fields, other.Fields, differing);
        }

        return [.. differing];
    }

    // Only records that are wanted are kept: the others are filtered by their id.
    private sealed class Seen : IReadObserver
    {
        private readonly Dictionary<(int File, long ByteOffset), IReadOnlyList<KeyValuePair<string, string>>> _cells = [];

        public void OnRecord(in ReadRecord record)
        {
            if (record.Outcome == ReadOutcome.Kept)
            {
                _cells[(record.File, record.ByteOffset)] = record.Cells();
            }
        }

        public IReadOnlyList<KeyValuePair<string, string>> Take(int file, long byteOffset)
            => _cells.Remove((file, byteOffset), out IReadOnlyList<KeyValuePair<string, string>>? cells) ? cells : [];
    }
}
