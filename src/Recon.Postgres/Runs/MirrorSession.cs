using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Decisions;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs.Reruns;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs;

/// <summary>The mirror side of a run: its lookups, and the pipeline compiled for the columns that are there.</summary>
/// <param name="Decisions">The strategy of each lookup, with the reason.</param>
/// <param name="Tallies">What <see cref="TalliedLookups"/> have found so far, with their tables.</param>
/// <param name="Misfits">Parents whose ids cannot be found because of what they are, for people.</param>
/// <param name="ClaimsMayMeet">Whether several legacy records may be matched with one HubSpot record, and only one may keep it.</param>
internal sealed record MirrorSession(
    ReconciliationPlan Plan,
    ConversionContext Context,
    IReadOnlyList<ILookup> Lookups,
    IReadOnlyDictionary<string, StrategyDecision> Decisions,
    IReadOnlyList<(LookupTally Tally, MirrorTable? Table)> Tallies,
    IReadOnlyList<string> Misfits,
    bool ClaimsMayMeet)
{
    /// <summary>Columns that the tables of the mirror lack, of those that they may lack, by the table.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Absent { get; private init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What the tables of the mirror were when the run, or the attempt that it continues, began; by their name in the definition.</summary>
    public IReadOnlyDictionary<string, TableMark> Marks { get; private init; } = new Dictionary<string, TableMark>();

    /// <summary>What was decided about records.</summary>
    public PipelineDecisions Decided { get; private init; } = PipelineDecisions.None;

    /// <summary>Whether several legacy records may be matched with one HubSpot record although nobody decided so.</summary>
    public bool ClaimsMayMeetAnyway { get; private init; }

    /// <summary>Whether a lookup follows merged records.</summary>
    public bool FollowsMerges { get; private init; }

    /// <summary>What each of <see cref="Lookups"/> was asked so far.</summary>
    public IReadOnlyList<LookupMeter> Meters { get; private init; } = [];

    /// <summary>What separates a definition's fingerprint from that of its map files.</summary>
    internal const string MapsMark = ", maps ";

    /// <summary>The lookups, which count what they find.</summary>
    public IReadOnlyList<ILookup> TalliedLookups => [.. Lookups.Zip(Tallies, (lookup, counted) => new TalliedLookup(lookup, counted.Tally))];

    /// <summary>Reads the catalog and prepares the lookups.</summary>
    /// <param name="connection">A connection for the catalog; <see langword="null"/> where the hosting program gives every lookup.</param>
    /// <param name="earlier">What an attempt that is resumed decided (<see cref="DecisionsAsJson"/>); <see langword="null"/> for a new one.</param>
    /// <param name="choice">Decides which records are compared; <see langword="null"/> where all are.</param>
    /// <param name="isTrial">Whether the request's limit only shortens a trial of a whole run, whose decisions are wanted.</param>
    /// <param name="decidedUntil">
    /// For a worker of a run that goes by <paramref name="earlier"/>: the last decision about a record of which that run knows.
    /// </param>
    /// <param name="absent">For such a worker, <see cref="Absent"/> of that run.</param>
    /// <exception cref="MirrorException">The mirror is not as the definition says.</exception>
    public static async Task<MirrorSession> OpenAsync(
        RunContext run,
        NpgsqlConnection? connection,
        RunInput input,
        CancellationToken cancellationToken,
        string? earlier = null,
        bool isTrial = false,
        RerunChoice? choice = null,
        long? decidedUntil = null,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? absent = null)
    {
        IReadOnlyDictionary<string, TableMark> marks = connection is null
            ? new Dictionary<string, TableMark>()
            : await MarkAsync(run, connection, earlier, cancellationToken);
        if (connection is not null)
        {
            await ReplicaLag.CatchUpAsync(connection, run.Sources, run.Tuning.ReplicaPatience, run.Clock, cancellationToken);
        }

        PipelineDecisions decided = connection is null || isTrial
            ? PipelineDecisions.None
            : await new DecisionStore(run.Tables).LoadAsync(connection, run.Pipeline.Name, stages: choice is not null || decidedUntil is not null, cancellationToken, decidedUntil);
        var factory = new LookupFactory(connection, run.Sources, run.Pipeline, run.Request.Lookups, run.Clock, run.Metrics, run.LookupRetry())
        {
            Decided = decided.Records,
            Given = decidedUntil is null ? [] : LookupDecisions.ReadStrategies(earlier ?? "{}"),
            GivenAbsent = absent,
            DecidesOnly = run.IsSharedOver(input),
        };
        List<string> misfits = [];
        ValidPipeline pipeline = await factory.DecideParentsAsync(
            await input.SampleAsync(run.Pipeline.Lookups.Where(lookup => lookup.HasOpenType).Select(lookup => lookup.From), cancellationToken),
            LookupDecisions.ReadParents(earlier ?? "{}"),
            misfits,
            cancellationToken);
        HashSet<string> lacking = await factory.FindAbsentAsync(input.Columns.OptionalMirror, cancellationToken);
        ValidDefinition definition = run.Request.Definition;
        var context = new ConversionContext(definition.Defaults, run.Request.BaseDirectory, definition.AllowPathsOutside)
        {
            Custom = run.Request.Conversions,
        };
        HashSet<string> blocked = input.DestroyedDates.Select(column => column.Column)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        ReconciliationPlan plan = ReconciliationPlan.Compile(pipeline, context, input.Reader.MissingColumns, lacking, blocked, input.Cuts);
        AskedRecords? few = choice is null ? null : await choice.DecideAsync(
            connection!, plan, context, factory, Fingerprint(context, run.Request.Fingerprint(run.Pipeline)), marks, decided.Records, earlier is not null, cancellationToken);
        AskedRecords asked = few ?? Asked(run.Request, input.Reader.TotalBytes, pipeline.Batch.Rows, isTrial);
        IReadOnlyList<ILookup> lookups = await factory.CreateAsync(plan, context, asked, cancellationToken);
        factory.Held.ForEach(input.CloseWith);
        foreach (ValidLookup lookup in pipeline.Lookups.Where(
            lookup => lookup.Strategy == LookupStrategy.Auto && !run.Request.Lookups.ContainsKey(lookup.Label)))
        {
            StrategyDecision decision = factory.Decisions[lookup.Label];
            run.Logger.StrategyChosen(pipeline.Name, lookup.Label, LookupDecisions.Word(decision.Strategy), decision.Reason);
        }

        factory.Scans.ForEach(scan => run.Logger.TableScanned(pipeline.Name, scan));

        MirrorSession session = new(plan, context, lookups, factory.Decisions, factory.Tallies, [.. misfits, .. factory.Warnings], Claims.MayMeet(pipeline, factory.IsOneToOne && decided.Records?.NamesAny != true))
        {
            Absent = factory.Absent,
            Decided = decided,
            ClaimsMayMeetAnyway = Claims.MayMeet(pipeline, factory.IsOneToOne),
            FollowsMerges = factory.FollowsMerges,
            Marks = marks,
            Meters = factory.Meters,
        };
        choice?.Settle(session);
        return session;
    }

    /// <summary>A pipeline's fingerprint together with that of its map files, which the definition only names.</summary>
    /// <returns>The same without map files; else with <c>, maps</c> and a SHA-256 over their paths and contents.</returns>
    public string Fingerprint(string definition) => Fingerprint(Context, definition);

    private static string Fingerprint(ConversionContext context, string definition)
    {
        if (context.MapFiles.Count == 0)
        {
            return definition;
        }

        string maps = string.Join('\n', context.MapFiles.Select(file => $"{file.Value} {file.Key}"));
        return definition + MapsMark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(maps)));
    }

    /// <summary>The columns of the file whose values rows hold, in the order of the values.</summary>
    public string[] LegacyNames => [.. Plan.LegacyProperties.Select(property => Plan.Columns.Source.Names[property.Column])];

    /// <summary>The decisions as a JSON object, for the log.</summary>
    public string DecisionsAsJson() => LookupDecisions.Write(Decisions, Marks, Plan.Definition);

    // The records of ids may lie far from each other, in a batch each.
    private static AskedRecords Asked(RunRequest request, long? inputBytes, int batchRows, bool isTrial)
        => isTrial ? new AskedRecords(inputBytes, null, null)
            : request.Ids is { } ids ? new AskedRecords(inputBytes, ids.Count, ids.Count)
            : new AskedRecords(inputBytes, request.Limit, (request.Limit + batchRows - 1) / batchRows);

    // Before anything is read of them.
    private static async Task<IReadOnlyDictionary<string, TableMark>> MarkAsync(
        RunContext run, NpgsqlConnection connection, string? earlier, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, TableMark> known = LookupDecisions.ReadMarks(earlier ?? "{}");
        Dictionary<string, TableMark> marks = [];
        foreach (ValidLookup lookup in run.Pipeline.Lookups.Where(lookup => !run.Request.Lookups.ContainsKey(lookup.Label) && !marks.ContainsKey(lookup.Table)))
        {
            marks[lookup.Table] = known.GetValueOrDefault(lookup.Label)
                ?? await TableMark.TakeAsync(connection, SqlTable.Parse(lookup.Table), cancellationToken);
        }

        return marks;
    }

    /// <summary>Makes what compares batches and encodes them for the staging tables.</summary>
    /// <param name="names">The number of <see cref="LegacyNames"/>; <see langword="null"/> for rows of the former layout.</param>
    /// <param name="hashing">How rows are hashed for the next run; <see langword="null"/> where they are not.</param>
    public RecordDiffer Differ(RunInput input, short? names, RowHashing? hashing = null)
    {
        var stamp = new RunStamp(input.FileNames, names);
        return new RecordDiffer(Plan, () => new TupleEncoder(Plan, stamp, hashing));
    }
}
