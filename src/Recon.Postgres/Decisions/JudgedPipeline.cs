using System.Text;
using System.Text.Json;
using Npgsql;
using Polly;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Decisions;

/// <summary>
/// Judges staged records again, one by one, with the plan, the lookups and the comparison of a run, from the raw values that their rows hold.
/// The file is not read.
/// </summary>
internal sealed class JudgedPipeline
{
    private readonly ReconciliationPlan _plan;
    private readonly IReadOnlyList<ILookup> _lookups;

    private JudgedPipeline(ReconciliationPlan plan, IReadOnlyList<ILookup> lookups) => (_plan, _lookups) = (plan, lookups);

    /// <summary>The columns of the file whose values rows hold, in the order of the values.</summary>
    public string[] LegacyNames => [.. _plan.LegacyProperties.Select(property => _plan.Columns.Source.Names[property.Column])];

    /// <summary>Compiles a pipeline as the run that published it did.</summary>
    /// <param name="decided">What was decided; <see langword="null"/> for nothing.</param>
    /// <param name="publishing">The run that is being published; <see langword="null"/> where none is.</param>
    /// <exception cref="MirrorException">The mirror is not as the definition says.</exception>
    /// <exception cref="NotJudgedException">What the run went by is not known.</exception>
    public static async Task<JudgedPipeline> OpenAsync(
        NpgsqlConnection connection, DecidingContext context, RecordDecisions? decided, Guid? publishing, CancellationToken cancellationToken)
    {
        (InputFacts facts, string strategies) = await FactsAsync(connection, context, publishing, cancellationToken);

        // One record is asked for: reading whole tables for it, as a run may do, would take as long as the run.
        ValidPipeline asking = context.Pipeline.With(
            block => block is LookupBlockDefinition lookup ? lookup with { Strategy = LookupStrategy.Any } : block);
        var factory = new LookupFactory(
            connection, context.Sources, asking, new Dictionary<string, Dataflow.IRecordLookup>(), context.Clock, metrics: null, ResiliencePipeline.Empty)
        {
            Decided = decided,
        };
        ValidPipeline pipeline = await factory.DecideParentsAsync(
            new Dictionary<string, IReadOnlyList<string>>(), LookupDecisions.ReadParents(strategies), [], cancellationToken);
        PipelineColumns columns = PipelineColumns.Of(pipeline);
        HashSet<string> absent = await factory.FindAbsentAsync(columns.OptionalMirror, cancellationToken);
        var conversions = new ConversionContext(context.Definition.Defaults, context.BaseDirectory, context.Definition.AllowPathsOutside);
        ReconciliationPlan plan = ReconciliationPlan.Compile(
            pipeline,
            conversions,
            facts.Missing.ToHashSet(StringComparer.OrdinalIgnoreCase),
            absent,
            facts.Destroyed.ToHashSet(StringComparer.OrdinalIgnoreCase),
            CutLengths.Of(pipeline, columns.Source, facts.Cuts));
        return new JudgedPipeline(plan, await factory.CreateAsync(plan, conversions, new AskedRecords(null, 1, 1), cancellationToken));
    }

    /// <summary>Judges records.</summary>
    /// <param name="names">The number of <see cref="LegacyNames"/>; <see langword="null"/> for rows of the former layout.</param>
    /// <returns>Their tuples with all columns that a batch writes, and what was decided about each, in their order. The caller disposes the batch.</returns>
    /// <exception cref="NotJudgedException">A row does not hold what it takes, or a run would reject it.</exception>
    public async Task<JudgedRows> JudgeAsync(IReadOnlyList<StagedRecord> records, short? names, CancellationToken cancellationToken)
    {
#pragma warning disable CA2000 // The caller gets it in the result, and disposes it.
        RecordBatch batch = BatchOf(records);
#pragma warning restore CA2000
        try
        {
            foreach (ILookup lookup in _lookups)
            {
                batch.Answers.Add(await lookup.FindAsync(batch, cancellationToken));
            }

            string[] refused = [.. records.Where((_, row) => IsRefused(batch, row)).Select(record => record.LegacyId)];
            RequireColumns(records, batch, refused);

            // A tuple of a row that may repeat another one has all columns.
            var all = new RepeatFilter(inputBytes: 0);
            _ = all.Add(batch, _plan.IdColumn, new bool[batch.RowCount]);
            var verdicts = new Verdicts();
            new RecordDiffer(_plan, () => new TupleEncoder(_plan, new RunStamp([""], names))).Diff(batch, verdicts, all);
            if (batch.Rejects is [{ } reject, ..])
            {
                throw new NotJudgedException($"a run would reject the record: {reject.Message}") { Refused = refused };
            }

            return new JudgedRows(batch, verdicts.Records);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private RecordBatch BatchOf(IReadOnlyList<StagedRecord> records)
    {
        SourceColumns columns = _plan.Columns.Source;
        var batch = new RecordBatch(1, columns, records.Count);
        foreach (StagedRecord record in records)
        {
            batch.AddRow(record.SourceLine, 0);
            for (int column = 0; column < columns.Count; column++)
            {
                byte[] value = column == _plan.IdColumn
                    ? Encoding.UTF8.GetBytes(record.LegacyId)
                    : record.Values.TryGetValue(columns.Names[column], out string? text) ? Encoding.UTF8.GetBytes(text) : [];
                batch.AddField(column, value);
                if (value.Length >= _plan.Cuts.Least(column))
                {
                    _ = _plan.Cuts.See(batch, column, value, value);
                }
            }
        }

        return batch;
    }

    // Rows hold the columns that results are made from; a condition or a fallback may ask for another one.
    private void RequireColumns(IReadOnlyList<StagedRecord> records, RecordBatch batch, string[] refused)
    {
        string[] always =
        [
            .. _plan.LegacyProperties.Select(property => _plan.Columns.Source.Names[property.Column]),
            .. _plan.Properties.Select(property => property.Definition.When?.Column).OfType<string>(),
            .. _plan.Updated is { } updated ? (string[])[_plan.Columns.Source.Names[updated.Column]] : [],
        ];
        string[] fallbacks = [.. _plan.Definition.Lookups.SelectMany(lookup => lookup.On).Select(key => key.Column)];
        for (int row = 0; row < records.Count; row++)
        {
            bool isDecided = batch.Decided?.TryGetValue(row, out DecidedRow decided) == true && !decided.IsRefused;
            IEnumerable<string> needed = isDecided ? always : always.Concat(fallbacks);
            StagedRecord record = records[row];
            IReadOnlySet<string> held = record.Names ?? LegacyNames.ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (needed.FirstOrDefault(name => !name.Equals(_plan.Definition.Csv.Id, StringComparison.OrdinalIgnoreCase) && !held.Contains(name)) is { } lacking)
            {
                throw new NotJudgedException($"the staged row does not hold the column '{lacking}' of the file") { Refused = refused };
            }
        }
    }

    internal static bool IsRefused(RecordBatch batch, int row)
        => batch.Decided?.TryGetValue(row, out DecidedRow decided) == true && decided.IsRefused;

    private static async Task<(InputFacts Facts, string Strategies)> FactsAsync(
        NpgsqlConnection connection, DecidingContext context, Guid? publishing, CancellationToken cancellationToken)
    {
        List<(string? Facts, string Strategies)> runs = await SqlText.Of($"""
            select input_facts::text, lookup_strategies::text from {context.Tables.Log}
            where pipeline = $1 and (outcome = 'completed' or run_id = $2)
            order by run_id = $2 desc nulls last, partial, started_at desc limit 1
            """).ListAsync(
                connection,
                row => (row[0] as string, row.GetString(1)),
                cancellationToken,
                SqlValue.Of(context.Pipeline.Name),
                SqlValue.Of(publishing));
        try
        {
            return runs is [({ } facts, var strategies)]
                ? (InputFacts.Read(facts), strategies)
                : throw new NotJudgedException("the run that staged it did not note what it found out about its input");
        }
        catch (Exception unknown) when (unknown is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new NotJudgedException("another version of recon noted what it found out about its input");
        }
    }

    private sealed class Verdicts : IDiffObserver
    {
        public List<RecordVerdict> Records { get; } = [];

        public void OnRecord(RecordBatch batch, int row, RecordVerdict record) => Records.Add(record);
    }
}

/// <summary>Records that were judged.</summary>
/// <param name="Batch">Holds their tuples.</param>
internal sealed record JudgedRows(RecordBatch Batch, IReadOnlyList<RecordVerdict> Verdicts) : IDisposable
{
    public ReadOnlyMemory<byte> Tuples => ((StagedTuples)Batch.Staged!).Repeats.Bytes;

    /// <summary>Whether the decision about a record was refused: the HubSpot record is gone.</summary>
    public bool IsRefused(int row) => JudgedPipeline.IsRefused(Batch, row);

    public void Dispose() => Batch.Dispose();
}

/// <summary>A staged row, as far as judging its record again needs it.</summary>
/// <param name="Names">The columns of the file whose values it holds, in any case; <see langword="null"/> where nobody noted them.</param>
/// <param name="Values">Its values that are not empty.</param>
internal sealed record StagedRecord(
    string LegacyId,
    long? HubspotId,
    string Status,
    string? Rule,
    string? Notes,
    string Updates,
    long SourceLine,
    string? SourceFile,
    Guid? RunId,
    string? Parents,
    IReadOnlySet<string>? Names,
    IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The raw values of a row.</summary>
    public static Dictionary<string, string> ValuesOf(string legacyProperties)
    {
        using JsonDocument document = JsonDocument.Parse(legacyProperties);
        return document.RootElement.EnumerateObject().ToDictionary(
            value => value.Name, value => value.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
    }
}
